package io.datastored.admin;

/** The event page, {@code /events}, is the stream that an open status page reads. Immutable. */
record EventPage(EventStreams streams) implements Resource {
  @Override
  public Audience audience() {
    return Audience.TRUSTED;
  }

  @Override
  public Answer answer(Question question) {
    String after = question.parameters().get("after").stream().findFirst().orElse("");
    return Answer.takenOverBy(exchange -> streams.begin(exchange, question.looker(), after));
  }
}
