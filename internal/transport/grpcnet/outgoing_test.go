package grpcnet

import (
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/trefoil-ml/trefoil/internal/transport"
)

// TestOutboxIsBounded puts in more than there is room for.
func TestOutboxIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const half = maxOutbox / 8 / 2
		var o outbox
		var in atomic.Int32
		o.init()
		put := func(words int) {
			go func() {
				o.put(parcel{words: make([]uint64, words)})
				in.Add(1)
			}()
			synctest.Wait()
		}
		sent := func(words int) {
			p, _ := o.take()
			require.Len(t, p.words, words)
			o.done(p.bytes())
			synctest.Wait()
		}
		put(2 * half)
		put(half)
		put(half)
		require.EqualValues(t, 1, in.Load(), "the first fills it")
		sent(2 * half)
		require.EqualValues(t, 3, in.Load(), "both have room")
		put(1)
		require.EqualValues(t, 3, in.Load())
		sent(half)
		require.EqualValues(t, 4, in.Load())
		sent(half)
		sent(1)
		require.Zero(t, o.bytes)
	})
}

// TestOutboxEnds closes it while one waits for room, and then for a message.
func TestOutboxEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o outbox
		o.init()
		require.True(t, o.put(parcel{words: make([]uint64, maxOutbox/8+1)}), "one may be larger than the room")
		done := make(chan bool)
		go func() { done <- o.put(parcel{words: make([]uint64, 1)}) }()
		synctest.Wait()
		o.close(&transport.Pool{})
		require.False(t, <-done)
		_, ok := o.take()
		require.False(t, ok)
	})
}
