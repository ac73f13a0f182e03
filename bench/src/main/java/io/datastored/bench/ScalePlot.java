package io.datastored.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A scale plot draws how each cost grows with the number of datastores, on logarithmic axes: a line
 * with slope 1 grows linearly. Confined to its thread.
 */
final class ScalePlot {

  private static final int[] DATASTORES = {5, 1_000, 10_000, 100_000};
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final int LEFT = 60;
  private static final int BOTTOM = 40;
  private static final double MOST_DATASTORES = 5.2;
  private static final double LEAST = -2;
  private static final double MOST = 4.5;

  /** A cost is one line of the plot: the suffix of its fact's name, its title and its colour. */
  private record Cost(String fact, String title, String colour) {}

  private static final List<Cost> COSTS =
      List.of(
          new Cost("start", "start to ready, ms", "#1f6feb"),
          new Cost("heap", "heap, MiB", "#8957e5"),
          new Cost("change", "a change by API to a watcher, ms", "#d29922"),
          new Cost("edit", "an edit of the file to a watcher, ms", "#cf222e"),
          new Cost("lookup", "LOOKUP call, µs", "#2da44e"));

  private ScalePlot() {}

  /**
   * @param args the file of facts; the drawing is written to standard output
   */
  public static void main(String[] args) throws IOException {
    System.out.print(svg(Facts.read(Path.of(args[0]))));
  }

  private static double x(double datastores) {
    return LEFT + Math.log10(datastores) / MOST_DATASTORES * (WIDTH - LEFT - 20);
  }

  private static double y(double cost) {
    double share = (Math.log10(cost) - LEAST) / (MOST - LEAST);
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 20);
  }

  static String svg(Map<String, Spread> facts) {
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
        WIDTH,
        HEIGHT);
    for (int power = (int) LEAST; power <= MOST; power++) {
      double at = y(Math.pow(10, power));
      add(svg, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>%n", LEFT, at, WIDTH - 20);
      add(
          svg,
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
          LEFT - 6,
          at + 4,
          power < 0 ? "0." + "0".repeat(-power - 1) + "1" : "1" + "0".repeat(power));
    }
    for (int datastores : DATASTORES) {
      add(
          svg,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,d</text>%n",
          x(datastores),
          HEIGHT - BOTTOM + 18,
          datastores);
    }
    int line = 0;
    for (Cost cost : COSTS) {
      List<String> points = new ArrayList<>();
      for (int datastores : DATASTORES) {
        Spread found = facts.get("scale." + datastores + "." + cost.fact());
        if (found != null) {
          points.add(String.format(Locale.ROOT, "%.1f,%.1f", x(datastores), y(found.median())));
        }
      }
      add(
          svg,
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
          String.join(" ", points),
          cost.colour());
      add(
          svg,
          "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
          LEFT + 10,
          30 + 14 * line++,
          cost.colour(),
          cost.title());
    }
    return svg.append("</svg>\n").toString();
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
