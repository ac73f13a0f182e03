package io.datastored.config.document;

/**
 * A PBS note is one place in a file that Proxmox Backup Server 4.2 does not accept, whether it is
 * served here or not. Immutable.
 *
 * @param line from 1
 * @param column from 1, in characters; 0 stands for the whole line
 * @param property the key concerned, empty if there is none
 * @param effect the reaction of that server
 * @param message one sentence for the editor of the file
 */
public record PbsNote(int line, int column, String property, PbsEffect effect, String message) {}
