// Command load is people without a browser in one room of LiveKit's: some publish VP8 in three simulcast layers, the
// others receive it, decode nothing and count. It talks only to the addresses that it is handed, for a bounded time.
//
// It reads one JSON plan from its standard input and writes "begin" when everybody has what they came for and the
// counting begins, and one JSON line with what was counted when it is over.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

type person struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

type layer struct {
	File   string `json:"file"`
	Width  uint32 `json:"width"`
	Height uint32 `json:"height"`
}

type plan struct {
	// Where browsers would be: a gate refuses the others.
	Origin string `json:"origin"`
	// The lowest first, each an IVF file of the same picture.
	Layers      []layer  `json:"layers"`
	Publishers  []person `json:"publishers"`
	Subscribers []person `json:"subscribers"`
	Seconds     int      `json:"seconds"`
}

type result struct {
	Packets uint64  `json:"packets"`
	Bytes   uint64  `json:"bytes"`
	Lost    uint64  `json:"lost"`
	Tracks  int     `json:"tracks"`
	Seconds float64 `json:"seconds"`
}

const (
	patience = 60 * time.Second
	// After the last has come, so that layers are chosen and bandwidth is estimated.
	settle     = 3 * time.Second
	maxSeconds = 120
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var given plan
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return fmt.Errorf("the plan: %w", err)
	}
	if given.Seconds < 1 || given.Seconds > maxSeconds {
		return fmt.Errorf("%d seconds: between 1 and %d", given.Seconds, maxSeconds)
	}
	asBrowser(given.Origin)
	clips, err := readClips(given.Layers)
	if err != nil {
		return err
	}
	for _, who := range given.Publishers {
		room, err := publish(who, clips)
		if err != nil {
			return fmt.Errorf("publishing: %w", err)
		}
		defer room.Disconnect()
	}
	count := newCounter()
	if err := enterAll(given.Subscribers, count); err != nil {
		return err
	}
	defer count.leave()
	expected := len(given.Publishers) * len(given.Subscribers)
	if err := count.waitFor(expected, patience); err != nil {
		return err
	}
	time.Sleep(settle)
	before, startedAt := count.total(), time.Now()
	fmt.Println("begin")
	time.Sleep(time.Duration(given.Seconds) * time.Second)
	after, elapsed := count.total(), time.Since(startedAt)
	return json.NewEncoder(os.Stdout).Encode(result{
		Packets: after.packets - before.packets,
		Bytes:   after.bytes - before.bytes,
		Lost:    after.lost - before.lost,
		Tracks:  expected,
		Seconds: elapsed.Seconds(),
	})
}

// enterAll lets a few in at a time: this machine is also the server's.
func enterAll(people []person, count *counter) error {
	const atOnce = 4
	places := make(chan struct{}, atOnce)
	failures := make(chan error, len(people))
	var all sync.WaitGroup
	for at, who := range people {
		all.Add(1)
		places <- struct{}{}
		go func() {
			defer all.Done()
			defer func() { <-places }()
			if err := count.subscribe(who, at); err != nil {
				failures <- fmt.Errorf("subscriber %d: %w", at, err)
			}
		}()
	}
	all.Wait()
	close(failures)
	return <-failures
}
