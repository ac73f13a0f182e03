package io.datastored.cli.flag;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableMap;
import io.datastored.cli.view.DurationText;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Environment defaults give every option that is not on the command line the value of its
 * environment variable: {@code --state-dir} is {@code DATASTORED_STATE_DIR}. Immutable. {@link
 * TypedOnly} options have no variable. Without a variable, the default is that of an options file,
 * or else the initial value of the option's field.
 */
public final class EnvironmentDefaults implements IDefaultValueProvider {

  private static final String PREFIX = "DATASTORED_";

  private final ImmutableMap<String, String> environment;
  private final Optional<OptionsFile> file;

  public EnvironmentDefaults(Map<String, String> environment) {
    this(ImmutableMap.copyOf(environment), Optional.empty());
  }

  private EnvironmentDefaults(
      ImmutableMap<String, String> environment, Optional<OptionsFile> file) {
    this.environment = environment;
    this.file = file;
  }

  /** The same environment, over an options file. */
  public EnvironmentDefaults over(OptionsFile other) {
    return new EnvironmentDefaults(environment, Optional.of(other));
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    return variableFor(arg)
        .map(environment::get)
        .or(() -> file.flatMap(options -> options.value(nameOf(arg))))
        .orElseGet(() -> spelled(arg.initialValue()));
  }

  /** The value as it would be typed; null for values that have only Java's own string form. */
  private static @Nullable String spelled(@Nullable Object initial) {
    if (initial instanceof Duration duration) {
      return DurationText.print(duration);
    }
    return initial instanceof Enum<?> word ? Ascii.toLowerCase(word.toString()) : null;
  }

  /** The variable that the option's current value comes from; empty if it is not set. */
  public Optional<String> variableFor(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option)
        || option.usageHelp()
        || option.versionHelp()
        || isTypedOnly(option)) {
      return Optional.empty();
    }
    String variable = PREFIX + nameOf(option).replace('-', '_').toUpperCase(Locale.ROOT);
    return Optional.of(variable).filter(name -> !environment.getOrDefault(name, "").isEmpty());
  }

  /** The name of an option without its dashes. */
  public static String nameOf(ArgSpec arg) {
    return arg instanceof OptionSpec option ? option.longestName().replaceAll("^-+", "") : "";
  }

  private static boolean isTypedOnly(OptionSpec option) {
    return option.userObject() instanceof Field field
        && (field.isAnnotationPresent(TypedOnly.class)
            || field.getDeclaringClass().isAnnotationPresent(TypedOnly.class));
  }
}
