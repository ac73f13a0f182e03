package io.datastored.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.Shell;
import org.junit.jupiter.api.Test;

final class DemoCommandTest {

  @Test
  void demo_showsEachStep_inFewLines_andEndsWithZero() {
    Shell.Result result = new Shell().run("demo");
    assertThat(result.status()).as(result.out() + result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("archive mode none -> read-only \"audit\"")
        .contains("archive refuses write: maintenance mode read-only \"audit\"")
        .contains("verify-new")
        .contains("its last good version is served")
        .contains("the very next lookup sees it")
        .contains("main mode none -> offline \"disk swap\"")
        .contains("dry run  1 write in the way")
        .contains("drain    waits: 1 write in the way")
        .contains("write lease of nightly backup on ")
        .contains("writes in progress: 1")
        .containsPattern("drain +DRAINED \\d+ ms after the release")
        .endsWith(
            "Every step happened as described. The server is stopped and its directory removed.\n");
    assertThat(result.out().lines().count()).isLessThan(60);
  }
}
