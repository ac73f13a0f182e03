package io.datastored.service.page;

import java.util.List;

/** The needs part is what needs an operator, the worst first. Stateless. */
final class NeedsPart {
  private static final int MOST = 50;

  private NeedsPart() {}

  /** The text of an object: the first of them, and how many there are. */
  static String json(List<Need> needs) {
    return JsonText.object(
        json -> {
          json.name("count").value(needs.size()).name("first").beginArray();
          needs.stream().sorted(Need.WORST_FIRST).limit(MOST).forEach(need -> need.write(json));
          json.endArray();
        });
  }
}
