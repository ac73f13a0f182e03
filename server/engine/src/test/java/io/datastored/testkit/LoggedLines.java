package io.datastored.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Logged lines are what one class logs while a test looks. Thread-safe. */
public final class LoggedLines implements AutoCloseable {

  private final Logger logger;
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          events.add(event);
        }
      };

  private LoggedLines(Class<?> of) {
    logger = (Logger) LoggerFactory.getLogger(of);
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(appender);
  }

  /** What a class logs from now on, until this is closed. */
  public static LoggedLines of(Class<?> logging) {
    return new LoggedLines(logging);
  }

  /** The messages, in order. */
  public List<String> messages() {
    return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** The messages, each with its fields behind it as {@code key=value}. */
  public List<String> lines() {
    return events.stream()
        .map(
            event ->
                Stream.concat(
                        Stream.of(event.getFormattedMessage()),
                        Stream.ofNullable(event.getKeyValuePairs())
                            .flatMap(List::stream)
                            .map(pair -> pair.key + "=" + pair.value))
                    .collect(Collectors.joining(" ")))
        .toList();
  }

  /** The messages of the exceptions whose stack traces were logged. */
  public List<String> traces() {
    return events.stream()
        .map(ILoggingEvent::getThrowableProxy)
        .filter(Objects::nonNull)
        .map(IThrowableProxy::getMessage)
        .flatMap(Stream::ofNullable)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }
}
