// Command conformance is the Go runner of the scenario that all client libraries play: one JSON object per line in, one
// out. The protocol is in client-lib/conformance.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	datastored "datastored.io/client"
)

// For steps that name no timeout.
const usualTimeout = 10 * time.Second

// A request is one line of the conductor.
type request struct {
	ID        string    `json:"id"`
	Do        string    `json:"do"`
	As        string    `json:"as"`
	Target    string    `json:"target"`
	Client    string    `json:"client"`
	TTL       int64     `json:"ttl_ms"`
	Datastore string    `json:"datastore"`
	Operation string    `json:"operation"`
	Purpose   string    `json:"purpose"`
	Timeout   int64     `json:"timeout_ms"`
	AtLeast   *revision `json:"at_least"`
	Bookmarks bool      `json:"bookmarks"`
	GiveUp    int64     `json:"give_up_after_ms"`
	Prefix    string    `json:"prefix"`
	Count     int       `json:"count"`
	Rate      int       `json:"rate"`
	Call      int64     `json:"call_timeout_ms"`
}

type revision struct {
	Incarnation string `json:"incarnation"`
	Generation  int64  `json:"generation"`
}

type object map[string]any

// A followed watch has taken its first frame when it was opened: that one tells where it begins.
type followed struct {
	watch *datastored.Watch
	first *datastored.Frame // until it is asked for
}

func (f *followed) next(ctx context.Context) (*datastored.Frame, error) {
	if first := f.first; first != nil {
		f.first = nil
		return first, nil
	}
	return f.watch.Next(ctx)
}

// A runner is the state between steps. Confined to main.
type runner struct {
	client   *datastored.Client
	leases   map[string]*datastored.Lease // until the next connect
	many     map[string][]*datastored.Lease
	watches  map[string]*followed
	executed []string
}

func main() {
	r := &runner{
		leases: map[string]*datastored.Lease{}, many: map[string][]*datastored.Lease{}, watches: map[string]*followed{},
		executed: []string{},
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var step request
		if err := json.Unmarshal(lines.Bytes(), &step); err != nil {
			fmt.Fprintln(os.Stderr, "conformance: not a request:", err)
			os.Exit(2)
		}
		if step.Do == "bye" {
			r.end()
			r.answer(object{"id": step.ID, "ok": object{"executed": r.executed}})
			return
		}
		r.answer(r.run(step))
	}
	r.end()
}

func (r *runner) answer(answer object) {
	line, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func (r *runner) run(step request) object {
	r.executed = append(r.executed, step.ID)
	timeout := usualTimeout
	if step.Timeout > 0 {
		timeout = time.Duration(step.Timeout) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ok, err := r.do(ctx, step)
	var refused *datastored.RefusedError
	switch {
	case errors.As(err, &refused) && ctx.Err() == nil:
		return object{"id": step.ID, "refused": object{
			"reason": refused.Reason, "code": codeWord(refused), "metadata": refused.Metadata,
		}}
	case err != nil:
		return object{"id": step.ID, "error": err.Error()}
	default:
		return object{"id": step.ID, "ok": ok}
	}
}

func (r *runner) do(ctx context.Context, step request) (object, error) {
	switch step.Do {
	case "connect":
		return r.connect(ctx, step)
	case "close":
		return object{}, r.end()
	}
	if r.client == nil && step.Do != "await_lost" {
		return nil, errors.New("not connected")
	}
	switch step.Do {
	case "load":
		return r.load(ctx, step)
	case "hold_many":
		return r.holdMany(ctx, step)
	case "count_alive":
		alive := 0
		for _, lease := range r.many[step.As] {
			if lease.Alive() {
				alive++
			}
		}
		return object{"alive": alive}, nil
	case "lookup":
		answer, err := r.client.Lookup(ctx, step.Datastore, options(step)...)
		if err != nil {
			return nil, err
		}
		return object{"datastore": datastoreObject(answer.Datastore), "revision": revisionObject(answer.Revision)}, nil
	case "hold":
		return r.hold(ctx, step)
	case "watch":
		return r.watch(ctx, step)
	case "next":
		return r.next(ctx, step)
	}
	lease, ok := r.leases[step.As]
	if !ok {
		return nil, fmt.Errorf("no lease %q, or no verb %q", step.As, step.Do)
	}
	switch step.Do {
	case "release":
		return object{}, lease.Release(ctx)
	case "lease":
		return object{"alive": lease.Alive(), "fencing_token": lease.FencingToken()}, nil
	case "await_lost":
		select {
		case <-lease.Lost():
			return object{"cause": lease.Cause()}, nil
		case <-ctx.Done():
			return nil, errors.New("not told that the lease is lost")
		}
	default:
		return nil, fmt.Errorf("no verb %q", step.Do)
	}
}

func (r *runner) connect(ctx context.Context, step request) (object, error) {
	if err := r.end(); err != nil {
		return nil, err
	}
	clear(r.leases)
	clear(r.many)
	opts := []datastored.Option{datastored.WithName(step.Client)}
	if step.TTL > 0 {
		opts = append(opts, datastored.WithTTL(time.Duration(step.TTL)*time.Millisecond))
	}
	client, err := datastored.Dial(ctx, step.Target, opts...)
	if err != nil {
		return nil, err
	}
	r.client = client
	return object{"session_id": client.SessionID(), "ttl_ms": client.TTL().Milliseconds()}, nil
}

func (r *runner) hold(ctx context.Context, step request) (object, error) {
	operation := operationOf(step)
	if step.GiveUp > 0 {
		given, cancel := context.WithCancel(ctx)
		defer cancel()
		timer := time.AfterFunc(time.Duration(step.GiveUp)*time.Millisecond, cancel)
		defer timer.Stop()
		ctx = given
	}
	lease, err := r.client.Hold(ctx, step.Datastore, operation, options(step)...)
	if step.GiveUp > 0 && errors.Is(err, context.Canceled) {
		return object{"gave_up": true}, nil
	}
	if err != nil {
		return nil, err
	}
	r.leases[step.As] = lease
	return object{
		"lease_id":      lease.ID(),
		"fencing_token": lease.FencingToken(),
		"datastore":     datastoreObject(lease.Datastore()),
		"revision":      revisionObject(lease.Revision()),
	}, nil
}

// load asks so many times, evenly or all at once, each call in flight beside the others.
func (r *runner) load(ctx context.Context, step request) (object, error) {
	var group sync.WaitGroup
	failures := make(chan error, step.Count)
	begin := time.Now()
	for i := range step.Count {
		if step.Rate > 0 {
			time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(step.Rate))))
		}
		group.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, time.Duration(step.Call)*time.Millisecond)
			defer cancel()
			if _, err := r.client.Lookup(ctx, step.Datastore); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	answer := object{"answered": step.Count - len(failures), "failed": len(failures), "failure": ""}
	if len(failures) > 0 {
		answer["failure"] = (<-failures).Error()
	}
	return answer, nil
}

func (r *runner) holdMany(ctx context.Context, step request) (object, error) {
	operation := operationOf(step)
	var group sync.WaitGroup
	places := make(chan struct{}, 64)
	leases := make([]*datastored.Lease, step.Count)
	failures := make(chan error, step.Count)
	for i := range step.Count {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			lease, err := r.client.Hold(ctx, fmt.Sprint(step.Prefix, i), operation, options(step)...)
			if err != nil {
				failures <- err
			}
			leases[i] = lease
		})
	}
	group.Wait()
	if len(failures) > 0 {
		return nil, <-failures
	}
	r.many[step.As] = leases
	return object{"held": len(leases)}, nil
}

func operationOf(step request) datastored.Operation {
	if step.Operation == datastored.Write.String() {
		return datastored.Write
	}
	return datastored.Read
}

func (r *runner) watch(ctx context.Context, step request) (object, error) {
	watch := r.client.Watch()
	first, err := watch.Next(ctx)
	if err != nil {
		return nil, err
	}
	r.watches[step.As] = &followed{watch, first}
	return object{"revision": revisionObject(first.Revision)}, nil
}

func (r *runner) next(ctx context.Context, step request) (object, error) {
	watch, ok := r.watches[step.As]
	if !ok {
		return nil, fmt.Errorf("no watch %q", step.As)
	}
	for {
		frame, err := watch.next(ctx)
		if err != nil {
			return nil, err
		}
		if frame.Kind == datastored.Bookmark && !step.Bookmarks {
			continue
		}
		changed := make([]object, len(frame.Changed))
		for i, datastore := range frame.Changed {
			changed[i] = datastoreObject(datastore)
		}
		answer := object{
			"kind":        frame.Kind,
			"changed":     changed,
			"removed":     append([]string{}, frame.Removed...),
			"generations": frame.Generations,
			"revision":    revisionObject(frame.Revision),
		}
		if frame.Kind == datastored.Snapshot {
			answer["reason"] = frame.Reason
		}
		return answer, nil
	}
}

func (r *runner) end() error {
	if r.client == nil {
		return nil
	}
	err := r.client.Close()
	r.client = nil
	clear(r.watches)
	return err
}

func options(step request) []datastored.LookupOption {
	var opts []datastored.LookupOption
	if step.AtLeast != nil {
		opts = append(opts, datastored.AtLeast(datastored.Revision(*step.AtLeast)))
	}
	if step.Purpose != "" {
		opts = append(opts, datastored.For(step.Purpose))
	}
	return opts
}

func datastoreObject(d datastored.Datastore) object {
	return object{
		"name": d.Name, "etag": d.ETag, "generation": d.Generation, "mode": d.Mode.String(),
		"message": d.Message, "path": d.Path, "comment": d.Comment,
	}
}

func revisionObject(r datastored.Revision) revision { return revision(r) }

// codeWord is the code as the contract spells it: FAILED_PRECONDITION.
func codeWord(refused *datastored.RefusedError) string {
	var word strings.Builder
	for i, letter := range refused.Code.String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			word.WriteByte('_')
		}
		word.WriteRune(letter)
	}
	return strings.ToUpper(word.String())
}
