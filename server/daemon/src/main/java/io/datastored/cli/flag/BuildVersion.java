package io.datastored.cli.flag;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * A build version is the version of this program, read from a resource that the build fills in.
 * Stateless.
 */
public final class BuildVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"datastored " + number()};
  }

  public static String number() {
    var properties = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }
}
