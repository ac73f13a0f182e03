export type WatchOptions = {
    /**
     * names, or prefixes that end in `*`; default: all
     */
    datastores?: string[];
    /**
     * `BASIC` leaves the settings out; default `FULL`
     */
    view?: 'FULL' | 'BASIC';
    /**
     * what has been applied already, on a watch of the same datastores and
     * view: begins with what changed since
     */
    known?: import('./values.js').Revision;
    /**
     * milliseconds between bookmarks on a quiet stream, 1000 to 60000; default 10000
     */
    bookmarkIntervalMs?: number;
    /**
     * hand on every bookmark, not only those with mount states; default false
     */
    bookmarks?: boolean;
};
/**
 * A watch follows the changes of datastores over broken connections and restarts of the server, without end. Its frames
 * only ever go forward, and none is handed out in part. A frame counts as applied when the next one is asked for.
 *
 * @implements {AsyncIterableIterator<import('./frames.js').Frame>}
 */
export declare class Watch implements AsyncIterableIterator<import('./frames.js').Frame> {
    #private;
    /**
     * @param {object} wiring
     * @param {import('./clock.js').Clock} wiring.clock
     * @param {import('./session.js').Session} wiring.session
     * @param {import('./backoff.js').Backoff} wiring.backoff
     * @param {(watch: Watch) => void} wiring.onEnd
     * @param {WatchOptions} options
     */
    constructor({ clock, session, backoff, onEnd }: {
        clock: import('./clock.js').Clock;
        session: import('./session.js').Session;
        backoff: import('./backoff.js').Backoff;
        onEnd: (watch: Watch) => void;
    }, options: WatchOptions);
    /** The revision of the last frame that was applied; undefined before the first. */
    get applied(): import("./values.js").Revision | undefined;
    next(): Promise<IteratorResult<import("./frames.js").Frame, undefined>>;
    /** Ends it; a `next` that waits is answered with the end. */
    return(): Promise<IteratorResult<import("./frames.js").Frame, undefined>>;
    close(): void;
    [Symbol.asyncIterator](): this;
}
