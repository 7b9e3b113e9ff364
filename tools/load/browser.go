package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"

	"github.com/gorilla/websocket"
)

var endOfHead = []byte("\r\n\r\n")

// asBrowser makes the SDK's handshakes those of a browser: with an Origin, and with the token in the query, where
// livekit-client puts it and a gate reads it. The SDK has no option for either, so the head is written anew.
func asBrowser(origin string) {
	var dialer net.Dialer
	websocket.DefaultDialer.NetDialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &handshake{Conn: conn, origin: origin}, nil
	}
}

type handshake struct {
	net.Conn
	origin string
	head   []byte
	done   bool
}

func (h *handshake) Write(data []byte) (int, error) {
	if h.done {
		return h.Conn.Write(data)
	}
	h.head = append(h.head, data...)
	if bytes.Contains(h.head, endOfHead) {
		h.done = true
		if _, err := h.Conn.Write(rewritten(h.head, h.origin)); err != nil {
			return 0, err
		}
	}
	return len(data), nil
}

func rewritten(head []byte, origin string) []byte {
	lines := bytes.Split(bytes.TrimSuffix(head, endOfHead), []byte("\r\n"))
	const bearer = "Authorization: Bearer "
	kept := make([][]byte, 0, len(lines)+1)
	for _, line := range lines {
		if token, found := bytes.CutPrefix(line, []byte(bearer)); found {
			parameter := fmt.Sprintf("&access_token=%s HTTP/1.1", url.QueryEscape(string(token)))
			kept[0] = append(bytes.TrimSuffix(kept[0], []byte(" HTTP/1.1")), parameter...)
			continue
		}
		kept = append(kept, line)
	}
	kept = append(kept, []byte("Origin: "+origin))
	return append(bytes.Join(kept, []byte("\r\n")), endOfHead...)
}
