/**
 * What every proof stands on: a place with a real server, and connections to it. Knows no proof.
 */
package io.datastored.proof.site;
