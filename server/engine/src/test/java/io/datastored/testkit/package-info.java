/**
 * What tests of every room and module use, and what belongs to none of them. A fake of a seam is
 * beside the seam instead. Refers to nothing of datastored.
 */
package io.datastored.testkit;
