/**
 * The history of a proof: what each process did and was told, one line an event, for checkers to
 * judge afterwards. Processes in any language may write it.
 *
 * <p><b>The form.</b> A file {@code NAME.history} for each process, all in one directory. A line is
 *
 * <pre>NANOS NAME KIND field=value field=value …</pre>
 *
 * in ASCII, separated by single spaces, ended by one line feed. {@code NANOS} is CLOCK_MONOTONIC of
 * the host in nanoseconds ({@code System.nanoTime()} in Java, {@code
 * unix.ClockGettime(unix.CLOCK_MONOTONIC)} in Go, {@code time.monotonic_ns()} in Python, {@code
 * process.hrtime.bigint()} in Node), so all processes must be on one host and in one time
 * namespace. {@code NAME} is the file's; a process that is started again has a new one. {@code
 * KIND} is a {@link Kind} in lower case with hyphens. A space in a value is written as an
 * underscore.
 *
 * <p><b>The rule of a writer.</b> Each line is one {@code write} to a file opened with O_APPEND,
 * never buffered in the process: what is written survives a kill -9 of its writer. A begin is
 * written before the request is sent; its end after the answer is here. So an operation happened
 * between its two lines, and one without an end has an unknown outcome.
 *
 * <p><b>A torn last line</b>, which a kill in the middle of a write leaves, is ignored. That is
 * right for both: a begin that is not whole was never sent, because it is written before; an end
 * that is not whole leaves a begin without an end, which is an unknown outcome.
 */
package io.datastored.proof.history;
