package datastored

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	pb "datastored.io/client/datastoredv1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// By the contract: who hears nothing for three bookmark intervals considers the stream dead.
const silentIntervals = 3

// The server's own interval, until a bookmark tells another one.
const usualBookmarkInterval = 10 * time.Second

var errSilent = errors.New("datastored: the watch was silent for three bookmark intervals")

// A Watch follows the changes of a server over broken connections and restarts, each time from the last whole frame on.
// One goroutine may take frames from it; Close may be called from any.
//
// It never holds more than two frames: one that does not take them is sent the newest state later, merged.
type Watch struct {
	client    *Client
	selection *pb.WatchGenerationRequest
	position  position
	frames    chan *Frame
	cancel    context.CancelFunc
	done      chan struct{}
	failure   error // Read after done is closed.
	// What broke the last stream, for those who wait in vain.
	broken atomic.Pointer[error]
	close  sync.Once
}

// A WatchOption chooses what a watch tells.
type WatchOption func(*pb.WatchGenerationRequest)

// Selecting follows only these datastores: names, or prefixes that end in `*`.
func Selecting(datastores ...string) WatchOption {
	return func(r *pb.WatchGenerationRequest) { r.Datastores = datastores }
}

// WithoutSettings leaves the settings out: names, modes and mount states only.
func WithoutSettings() WatchOption {
	return func(r *pb.WatchGenerationRequest) { r.View = pb.DatastoreView_DATASTORE_VIEW_BASIC }
}

// BookmarkEvery wishes for a sign of life on a quiet stream. The server brings it into its bounds, 1 s to 60 s.
func BookmarkEvery(interval time.Duration) WatchOption {
	return func(r *pb.WatchGenerationRequest) { r.BookmarkInterval = durationpb.New(interval) }
}

// Watch begins to follow all datastores, settings included, or what the options select. It ends with Watch.Close or
// with the client. Never waits for the server.
func (c *Client) Watch(options ...WatchOption) *Watch {
	selection := &pb.WatchGenerationRequest{View: pb.DatastoreView_DATASTORE_VIEW_FULL}
	for _, option := range options {
		option(selection)
	}
	ctx, cancel := context.WithCancel(c.ctx)
	w := &Watch{
		client:    c,
		selection: selection,
		frames:    make(chan *Frame, 1),
		cancel:    cancel,
		done:      make(chan struct{}),
	}
	if !c.addWatch(w) {
		cancel()
		w.failure = ErrClosed
		close(w.done)
		return w
	}
	go w.run(ctx)
	return w
}

// Next waits for the next whole frame, bookmarks included.
//
// It returns the context's error with what stands in the way, ErrClosed, or the refusal if the server does not want this watch at all; broken
// streams are none of its errors.
func (w *Watch) Next(ctx context.Context) (*Frame, error) {
	select {
	case frame := <-w.frames:
		return frame, nil
	case <-w.done:
		return nil, w.failure
	case <-ctx.Done():
		w.client.keeper.mu.Lock()
		err := w.client.keeper.unanswered(ctx)
		w.client.keeper.mu.Unlock()
		if broken := w.broken.Load(); broken != nil {
			err.cause = *broken
		}
		return nil, w.client.failed("watch", err)
	}
}

// All is every frame until the context is done, the watch is closed or refused, or the loop ends. An error is the last
// element; the end of the context is none.
func (w *Watch) All(ctx context.Context) iter.Seq2[*Frame, error] {
	return func(yield func(*Frame, error) bool) {
		for {
			frame, err := w.Next(ctx)
			if err != nil && ctx.Err() != nil {
				return
			}
			if !yield(frame, err) || err != nil {
				return
			}
		}
	}
}

// Close ends the watch. May be called more than once.
func (w *Watch) Close() {
	w.close.Do(func() {
		w.cancel()
		<-w.done
		w.client.removeWatch(w)
	})
}

func (w *Watch) run(ctx context.Context) {
	defer close(w.done)
	pause := w.client.pause()
	for {
		begin := time.Now()
		err := w.follow(ctx)
		if ctx.Err() != nil {
			w.failure = ErrClosed
			return
		}
		w.broken.Store(&err)
		if errors.Is(err, errUnknownFrame) {
			w.position.forget()
		} else if !w.mayGoOn(err) {
			w.failure = err
			return
		}
		// Only a stream that lived is a reason to be quick again: one that opens and fails at once is not.
		if time.Since(begin) >= w.client.timing.goodStream {
			pause.reset()
		}
		_, askedFor := passes(err)
		if !sleep(ctx, pause.next(askedFor)) {
			w.failure = ErrClosed
			return
		}
	}
}

// mayGoOn is false for a watch that the server will never want.
func (w *Watch) mayGoOn(err error) bool {
	if _, full := refusedWith(err, QuotaExceeded); full {
		return true
	}
	if _, gone := refusedWith(err, SessionNotFound); gone {
		return true
	}
	var unreachable *UnreachableError
	later, _ := w.client.servers.now().data.again(err)
	return later || errors.Is(err, errSilent) || errors.Is(err, errLeft) || errors.As(err, &unreachable)
}

// follow reads one stream to its end.
func (w *Watch) follow(ctx context.Context) error {
	session, err := w.client.keeper.usable(ctx)
	if err != nil {
		return err
	}
	here := session.server
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(here.left, func() { cancel(errLeft) })()
	if err := here.data.ready(ctx); err != nil {
		return w.end(ctx, session, err)
	}
	request := &pb.WatchGenerationRequest{
		Known:            w.position.known().proto(),
		Datastores:       w.selection.GetDatastores(),
		SessionId:        session.given,
		View:             w.selection.GetView(),
		BookmarkInterval: w.selection.GetBookmarkInterval(),
	}
	if request.Known == nil {
		w.position.forget()
	}
	// Not while it waits to be taken: that is not the server's silence.
	silence := silentIntervals * w.firstInterval()
	guard := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer guard.Stop()
	stream, err := here.datastores.WatchGeneration(ctx, request)
	if err != nil {
		return w.end(ctx, session, err)
	}
	var parts assembly
	for heard := false; ; heard = true {
		message, err := stream.Recv()
		if err != nil {
			err = w.end(ctx, session, err)
			// A server that stops says so to its watchers first: the session goes on at another one before it has stopped.
			if later, _ := here.data.again(err); later && heard {
				w.client.keeper.unreachable(here)
			}
			return err
		}
		guard.Stop()
		w.broken.Store(nil)
		frame, err := parts.add(message)
		if err != nil {
			return err
		}
		if frame != nil {
			if frame.interval > 0 {
				silence = silentIntervals * frame.interval
			}
			if err := w.tell(ctx, frame); err != nil {
				return err
			}
		}
		guard.Reset(silence)
	}
}

func (w *Watch) tell(ctx context.Context, frame *Frame) error {
	wanted, err := w.position.accept(frame)
	if err != nil || !wanted {
		return err
	}
	select {
	case w.frames <- frame:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end says why a stream is over.
func (w *Watch) end(ctx context.Context, session sessionView, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errSilent) || errors.Is(cause, errLeft) {
		return cause
	}
	err = session.server.data.met(err)
	if refused, gone := refusedWith(err, SessionNotFound); gone {
		w.client.keeper.suspect(session, refused)
	}
	return err
}

func (w *Watch) firstInterval() time.Duration {
	if interval := w.selection.GetBookmarkInterval(); interval != nil {
		return max(interval.AsDuration(), time.Second)
	}
	return usualBookmarkInterval
}
