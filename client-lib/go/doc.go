// Package datastored is the client library of a datastored server: may I read or write this datastore now, and with
// which configuration?
//
// A [Client] is one session with a server. It keeps the session alive in the background, and everything else lives
// with it:
//
//   - [Client.Lookup] asks for a datastore's settings and its maintenance mode. Nothing is counted.
//   - [Client.Hold] asks to READ or WRITE and answers a [Lease]. While it is held, a drain of the datastore waits.
//   - [Client.Watch] follows all changes, over broken connections and restarts of the server.
//
// The rule that keeps it correct: a lease is good only as long as the library vouches for it by its own clock, counted
// from the sending of the last request that the server has answered. So a holder always stops before the server gives
// its rights away. Stop when [Lease.Lost] is closed, and ask [Lease.Alive] before each step that cannot be undone.
//
// What the server refuses is a [*RefusedError] with a reason; nobody has to parse a text.
package datastored
