package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
)

type clip struct {
	layer  layer
	frames [][]byte
	every  time.Duration
}

func readClips(layers []layer) ([]clip, error) {
	clips := make([]clip, 0, len(layers))
	for _, one := range layers {
		read, err := readClip(one)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.File, err)
		}
		clips = append(clips, read)
	}
	return clips, nil
}

func readClip(from layer) (clip, error) {
	content, err := os.ReadFile(from.File)
	if err != nil {
		return clip{}, err
	}
	reader, header, err := ivfreader.NewWith(bytes.NewReader(content))
	if err != nil {
		return clip{}, err
	}
	every := time.Second * time.Duration(header.TimebaseNumerator) / time.Duration(header.TimebaseDenominator)
	read := clip{layer: from, every: every}
	for {
		frame, _, err := reader.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil {
			return clip{}, err
		}
		read.frames = append(read.frames, frame)
	}
}

var qualities = []livekit.VideoQuality{
	livekit.VideoQuality_LOW, livekit.VideoQuality_MEDIUM, livekit.VideoQuality_HIGH,
}

// publish sends the clips over and over, as the layers of one camera, until the room is left.
func publish(who person, clips []clip) (*lksdk.Room, error) {
	room, err := lksdk.ConnectToRoomWithToken(
		who.URL, who.Token, lksdk.NewRoomCallback(),
		lksdk.WithAutoSubscribe(false), lksdk.WithDisableRegionDiscovery(),
	)
	if err != nil {
		return nil, err
	}
	tracks := make([]*lksdk.LocalTrack, 0, len(clips))
	for at, one := range clips {
		track, err := lksdk.NewLocalTrack(
			webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90_000},
			lksdk.WithSimulcast("camera", &livekit.VideoLayer{
				Quality: qualities[at], Width: one.layer.Width, Height: one.layer.Height,
			}),
		)
		if err != nil {
			return nil, err
		}
		tracks = append(tracks, track)
	}
	if _, err := room.LocalParticipant.PublishSimulcastTrack(tracks, &lksdk.TrackPublicationOptions{
		Name: "camera", Source: livekit.TrackSource_CAMERA,
	}); err != nil {
		return nil, err
	}
	for at, track := range tracks {
		go play(room, track, clips[at])
	}
	return room, nil
}

func play(room *lksdk.Room, track *lksdk.LocalTrack, from clip) {
	ticker := time.NewTicker(from.every)
	defer ticker.Stop()
	for at := 0; room.ConnectionState() != lksdk.ConnectionStateDisconnected; at++ {
		<-ticker.C
		frame := from.frames[at%len(from.frames)]
		// Not bound yet, or no longer: the next frame finds out.
		_ = track.WriteSample(media.Sample{Data: frame, Duration: from.every}, nil)
	}
}
