package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.datastored.client.proof.Following.Seen;
import io.datastored.client.proof.Following.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Followings that break each rule, and one that does not. */
final class UpdateValidatorTest {

  private static final Version A5 = new Version(5, "five", "NONE");
  private static final Version A7 = new Version(7, "seven", "NONE");
  private static final Version B6 = new Version(6, "six", "READ_ONLY");
  private static final Map<String, Version> TRUTH = Map.of("a", A7, "b", B6);

  private static final Told ALL = new Told("i", 5, Set.of("a", "b"));
  private static final Told OF_B = new Told("i", 6, Set.of("b"));
  private static final Told OF_A = new Told("i", 8, Set.of("a"));
  private static final List<Told> TOLD = List.of(ALL, OF_B, OF_A, new Told("i", 8, Set.of()));
  private static final List<Seen> SEEN =
      List.of(new Seen("a", A5), new Seen("b", B6), new Seen("a", A7));

  @Test
  void violations_ofAClientThatFollows_areNone() {
    assertThat(found(TOLD, SEEN, TRUTH)).isEmpty();
  }

  @Test
  void violations_ofMemory_thatIsBehindOrAheadOrTooMuchOrTooLittle_areFound() {
    assertThat(found(TOLD, SEEN, Map.of("a", A5, "b", B6)))
        .singleElement(STRING)
        .startsWith("P4: c has Version[generation=5");
    assertThat(found(TOLD, SEEN, Map.of("a", new Version(7, "x", "NONE"), "b", B6))).hasSize(1);
    assertThat(found(TOLD, SEEN, Map.of("a", A7, "b", new Version(6, "six", "NONE")))).hasSize(1);
    assertThat(found(TOLD, SEEN, Map.of("a", A7))).hasSize(1);
    assertThat(found(TOLD, SEEN, Map.of("a", A7, "b", B6, "c", A5))).hasSize(1);
  }

  @Test
  void violations_ofAFrameThatGoesBack_areFound() {
    assertThat(found(List.of(ALL, OF_A, OF_B), SEEN, TRUTH))
        .singleElement(STRING)
        .startsWith("P3: c applied Told[incarnation=i, generation=6");
  }

  @Test
  void violations_ofAnotherHistory_areFound() {
    List<Told> told = new ArrayList<>(TOLD);
    told.add(new Told("j", 9, Set.of()));
    assertThat(found(told, SEEN, TRUTH)).singleElement(STRING).startsWith("history: c");
  }

  @Test
  void violations_ofAVersionThatIsSeenAgain_areFound() {
    List<Seen> seen =
        List.of(new Seen("b", B6), new Seen("a", A7), new Seen("a", A5), new Seen("a", A7));
    assertThat(found(TOLD, seen, TRUTH)).singleElement(STRING).startsWith("P3: c saw");
  }

  @Test
  void violations_ofAListenerThatIsNotTold_areFound() {
    assertThat(found(List.of(ALL, OF_B, new Told("i", 8, Set.of())), SEEN, TRUTH))
        .singleElement(STRING)
        .startsWith("listener: c was told of a at 5");
  }

  @Test
  void violations_ofAListenerThatIsToldTooEarly_areFound() {
    assertThat(found(TOLD, SEEN.subList(0, 2), TRUTH))
        .singleElement(STRING)
        .startsWith("listener: c last saw Version[generation=5");
  }

  private static List<String> found(List<Told> told, List<Seen> seen, Map<String, Version> memory) {
    return UpdateValidator.violations(new Following("c", told, seen, memory), TRUTH);
  }
}
