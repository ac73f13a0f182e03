/**
 * What every proof stands on: a place with a real server, connections to it, and the histories that
 * the processes there write down. Knows no proof; what an event may tell is the proof's own enum.
 */
package io.datastored.proof.site;
