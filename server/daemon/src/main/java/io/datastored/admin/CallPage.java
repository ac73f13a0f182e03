package io.datastored.admin;

import com.google.common.collect.ImmutableMap;
import io.datastored.access.Subject;
import io.datastored.service.wire.JsonAnswer;
import java.net.SocketAddress;
import java.util.Map;

/**
 * A call page shows what a command prints with {@code --output json}: the same message with the
 * same rights. Immutable.
 */
record CallPage(Call call) implements Resource {

  /** A call that only reads. */
  interface Call {
    JsonAnswer answer(Subject subject, SocketAddress peer, Map<String, String> parameters);
  }

  @Override
  public Audience audience() {
    return Audience.TRUSTED;
  }

  @Override
  public Answer answer(Question question) {
    ImmutableMap.Builder<String, String> last = ImmutableMap.builder();
    question.parameters().forEach(last::put);
    Looker looker = question.looker();
    JsonAnswer answer = call.answer(looker.subject(), looker.peer(), last.buildKeepingLast());
    return Answer.json(answer.http(), answer.document());
  }
}
