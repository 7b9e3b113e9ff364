package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

type counts struct{ packets, bytes, lost uint64 }

// counter is all who receive: their rooms, and what came.
type counter struct {
	packets, bytes, lost atomic.Uint64
	// Pictures of which something has come.
	running atomic.Int64
	mutex   sync.Mutex
	rooms   []*lksdk.Room
}

func newCounter() *counter { return &counter{} }

// subscribe enters a room and takes everything in it, every third person in another layer.
func (c *counter) subscribe(who person, at int) error {
	quality := qualities[at%len(qualities)]
	callback := lksdk.NewRoomCallback()
	callback.OnTrackSubscribed = func(track *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
		_ = publication.SetVideoQuality(quality)
		go c.read(track)
	}
	room, err := lksdk.ConnectToRoomWithToken(who.URL, who.Token, callback, lksdk.WithDisableRegionDiscovery())
	if err != nil {
		return err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.rooms = append(c.rooms, room)
	return nil
}

func (c *counter) read(track *webrtc.TrackRemote) {
	buffer := make([]byte, 1_500)
	var last uint16
	for first := true; ; first = false {
		size, _, err := track.Read(buffer)
		if err != nil || size < 4 {
			return
		}
		number := uint16(buffer[2])<<8 | uint16(buffer[3])
		if first {
			c.running.Add(1)
			last = number - 1
		}
		c.packets.Add(1)
		c.bytes.Add(uint64(size))
		// What comes late was counted as lost before: an upper bound.
		if step := number - last; step > 0 && step < 1<<15 {
			c.lost.Add(uint64(step - 1))
			last = number
		}
	}
}

func (c *counter) total() counts {
	return counts{c.packets.Load(), c.bytes.Load(), c.lost.Load()}
}

func (c *counter) waitFor(tracks int, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for c.running.Load() < int64(tracks) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d pictures came within %s", c.running.Load(), tracks, patience)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil
}

func (c *counter) leave() {
	for _, room := range c.rooms {
		room.Disconnect()
	}
}
