// Command backup shows what a backup program does with datastored: it holds a WRITE lease while it works, stops when
// the lease is lost, and follows the datastore meanwhile.
//
//	go run ./examples/backup [TARGET[,TARGET...] [DATASTORE]]
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	datastored "datastored.io/client"
)

func main() {
	target, datastore := "127.0.0.1:7400", "main"
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	if len(os.Args) > 2 {
		datastore = os.Args[2]
	}
	if err := run(context.Background(), target, datastore); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, target, datastore string) error {
	client, err := datastored.Dial(ctx, target, datastored.WithName("backup example"))
	if err != nil {
		return err
	}
	defer client.Close()

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go follow(ctx, client, datastore)

	lease, err := client.Hold(ctx, datastore, datastored.Write, datastored.For("example"))
	var refused *datastored.RefusedError
	if errors.As(err, &refused) {
		return fmt.Errorf("not now: %s, mode %s %q", refused.Reason, refused.Metadata["mode"], refused.Metadata["message"])
	}
	if err != nil {
		return err
	}
	defer lease.Release(context.Background())
	log.Printf("%s is ours at %s, fencing token %d", datastore, lease.Datastore().Path, lease.FencingToken())

	for chunk := 1; chunk <= 5; chunk++ {
		// Before each step that cannot be undone: a look at a clock, nothing on the wire.
		if !lease.Alive() {
			return fmt.Errorf("stopped before chunk %d: the lease is lost, %s", chunk, lease.Cause())
		}
		log.Printf("chunk %d is written", chunk)
		select {
		case <-time.After(500 * time.Millisecond):
		case <-lease.Lost():
		}
	}
	return nil
}

func follow(ctx context.Context, client *datastored.Client, datastore string) {
	watch := client.Watch(datastored.Selecting(datastore))
	defer watch.Close()
	for frame, err := range watch.All(ctx) {
		if err != nil {
			return // The client is closed.
		}
		for _, changed := range frame.Changed {
			log.Printf("%s at %s: %s is in mode %s", frame.Kind, frame.Revision, changed.Name, changed.Mode)
		}
	}
}
