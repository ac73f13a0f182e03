package io.datastored.engine;

/**
 * An edited-meanwhile exception says that the file was edited between the look at it and the save:
 * nothing was written, and the write must be decided again on what is there now.
 */
final class EditedMeanwhileException extends Exception {

  private static final long serialVersionUID = 1L;
}
