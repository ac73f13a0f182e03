import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A mutant writer turns descriptions of mutants into mutated sources. Confined to its thread.
 *
 * <p>What a mutant changes is found in the syntax tree, by class, method and code: it stays found when its class moves
 * to another package, when the code around it changes, and when it is formatted or commented in another way. Code that
 * is not there, or there twice, is refused: a mutant that changes something else than it says would prove nothing.
 *
 * <p>{@code java MutantWriter.java ROOT MUTANTS OVERLAYS DESCRIPTION...}: MUTANTS gets one folder per mutant with the
 * changed files at their places; OVERLAYS gets a {@code .refused} for each mutant that cannot be written.
 * {@code .ci/mutants/README.md} says how a mutant is described.
 */
final class MutantWriter {

  private final Path root;
  private final Map<Path, Source> sources = new HashMap<>();

  private MutantWriter(Path root) {
    this.root = root;
  }

  public static void main(String[] args) throws IOException {
    MutantWriter writer = new MutantWriter(Path.of(args[0]));
    for (String description : List.of(args).subList(3, args.length)) {
      String name = Path.of(description).getFileName().toString().replaceFirst("\\.mutant$", "");
      try {
        writer.write(Description.read(Path.of(description)), Path.of(args[1]).resolve(name));
      } catch (Refused e) {
        Files.writeString(Path.of(args[2]).resolve(name + ".refused"), e.getMessage() + "\n");
      }
    }
  }

  private void write(Description description, Path mutant) throws IOException, Refused {
    Map<Source, List<Edit>> edits = new LinkedHashMap<>();
    for (Edit edit : edits(description)) {
      edits.computeIfAbsent(edit.source(), source -> new ArrayList<>()).add(edit);
    }
    if (edits.isEmpty()) {
      throw new Refused("it changes nothing");
    }
    for (Map.Entry<Source, List<Edit>> entry : edits.entrySet()) {
      String text = entry.getKey().with(entry.getValue());
      Path file = mutant.resolve(root.relativize(entry.getKey().file()));
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }

  /** What {@code .ci/mutants/README.md} says of each. */
  private List<Edit> edits(Description description) throws IOException, Refused {
    List<Edit> edits = new ArrayList<>();
    String module = description.take("test").split(" ")[0];
    description.take("breaks");
    description.takeIfNext("tries");
    Place place = place(module, description.take("in"));
    while (!description.isOver()) {
      String key = description.next();
      String said = description.take(key);
      switch (key) {
        case "in" -> place = place(module, said);
        case "replace" -> {
          Span old = place.find(said);
          edits.add(old.replaced(old.filled(description.take("with"))));
        }
        case "delete" -> edits.add(place.find(said).replaced(""));
        case "swap" -> {
          Span one = place.find(said);
          Span other = place.find(description.take("with"));
          edits.add(one.replaced(other.text()));
          edits.add(other.replaced(one.text()));
        }
        case "insert" -> edits.add(beside(description, place, said));
        case "move" -> {
          Span old = place.find(said);
          edits.add(old.replaced(""));
          edits.add(beside(description, place, old.text()));
        }
        case "add" -> edits.add(place.added(said));
        default -> throw new Refused("it says '" + key + "', which is not an edit");
      }
    }
    return edits;
  }

  private static Edit beside(Description description, Place place, String inserted) throws Refused {
    Optional<String> before = description.takeIfNext("before");
    return before.isPresent()
        ? place.find(before.get()).preceded(inserted)
        : place.find(description.take("after")).followed(inserted);
  }

  /** What is said after {@code in}: the module, if it is not that of the test, the class, and the method, if any. */
  private Place place(String module, String said) throws IOException, Refused {
    String[] words = said.split(" ");
    String[] names = words[words.length - 1].split("#");
    Path main = root.resolve(words.length == 1 ? module : words[0]).resolve("src/main/java");
    if (!Files.isDirectory(main)) {
      throw new Refused("there is no " + root.relativize(main));
    }
    // The file is named after the class or after one that it is nested in.
    Set<String> files = Arrays.stream(names[0].split("\\.")).map(name -> name + ".java").collect(Collectors.toSet());
    List<Place> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(main)) {
      for (Path file : all.filter(file -> files.contains(file.getFileName().toString())).toList()) {
        Source source = source(file);
        source.classes(names[0]).forEach(type -> found.add(new Place(said, source, type, List.of(type))));
      }
    }
    if (found.size() != 1) {
      throw new Refused(found.size() + " classes, not one, are '" + names[0] + "' in " + root.relativize(main));
    }
    return names.length == 1 ? found.get(0) : found.get(0).method(names[1]);
  }

  private Source source(Path file) throws IOException {
    Source known = sources.get(file);
    if (known == null) {
      known = Source.parse(file, Files.readString(file)).orElseThrow(() -> new IOException(file + " is no Java"));
      sources.put(file, known);
    }
    return known;
  }

  /** A description is a list of entries, read one by one. Confined to its thread. */
  private static final class Description {

    private final Deque<Map.Entry<String, String>> entries = new ArrayDeque<>();

    /** Each entry is {@code key: value}; lines that are indented belong to the value before them. */
    static Description read(Path file) throws IOException, Refused {
      Description description = new Description();
      for (String entry : Files.readString(file).split("\n(?!\\s)")) {
        String[] parts = entry.split(":", 2);
        if (parts.length == 1 || parts[1].isBlank()) {
          throw new Refused("'" + entry + "' is not 'key: value'");
        }
        description.entries.add(Map.entry(parts[0], parts[1].strip()));
      }
      return description;
    }

    boolean isOver() {
      return entries.isEmpty();
    }

    String next() {
      return isOver() ? "nothing" : entries.peek().getKey();
    }

    String take(String key) throws Refused {
      String next = next();
      return takeIfNext(key).orElseThrow(() -> new Refused("it says '" + next + "' where '" + key + "' is due"));
    }

    Optional<String> takeIfNext(String key) {
      return next().equals(key) ? Optional.of(entries.remove().getValue()) : Optional.empty();
    }
  }

  /** A source is a file as text and as syntax tree. Immutable. */
  private record Source(Path file, String text, CompilationUnitTree unit, SourcePositions positions) {

    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

    /** Empty, if it is not Java. */
    static Optional<Source> parse(Path file, String text) {
      DiagnosticCollector<JavaFileObject> errors = new DiagnosticCollector<>();
      JavaFileObject object =
          new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return text;
            }
          };
      JavacTask task = (JavacTask) JAVAC.getTask(null, null, errors, List.of(), null, List.of(object));
      try {
        CompilationUnitTree unit = task.parse().iterator().next();
        return errors.getDiagnostics().isEmpty()
            ? Optional.of(new Source(file, text, unit, Trees.instance(task).getSourcePositions()))
            : Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // it reads from memory
      }
    }

    /** All whose full name is this or ends with it. */
    List<ClassTree> classes(String name) {
      List<ClassTree> found = new ArrayList<>();
      new TreeScanner<Void, String>() {
        @Override
        public Void visitClass(ClassTree type, String outer) {
          String full = outer + "." + type.getSimpleName();
          if (full.endsWith("." + name)) {
            found.add(type);
          }
          return super.visitClass(type, full);
        }
      }.scan(unit, "." + unit.getPackageName());
      return found;
    }

    Span span(Tree tree, List<List<Tree>> left) {
      return new Span(this, start(tree), end(tree), left.stream().map(this::text).toList());
    }

    private String text(List<Tree> run) {
      return run.isEmpty() ? "" : text.substring(start(run.get(0)), end(run.get(run.size() - 1)));
    }

    private int start(Tree tree) {
      return (int) positions.getStartPosition(unit, tree);
    }

    private int end(Tree tree) {
      return (int) positions.getEndPosition(unit, tree);
    }

    String with(List<Edit> edits) throws Refused {
      StringBuilder changed = new StringBuilder();
      int end = 0;
      Comparator<Edit> inOrder = Comparator.comparingInt(Edit::start).thenComparingInt(Edit::end);
      for (Edit edit : edits.stream().sorted(inOrder).toList()) {
        if (edit.start() < end) {
          throw new Refused("two edits change the same code: " + text.substring(edit.start(), edit.end()));
        }
        changed.append(text, end, edit.start()).append(edit.text());
        end = edit.end();
      }
      return changed.append(text, end, text.length()).toString();
    }
  }

  /** An edit puts a text in the place of another. Immutable. */
  private record Edit(Source source, int start, int end, String text) {}

  /**
   * A span is where a statement, an expression or a member stands. Immutable.
   *
   * @param left what stands where it was looked for with {@code ...}
   */
  private record Span(Source source, int start, int end, List<String> left) {

    String text() {
      return source.text().substring(start, end);
    }

    /** A text with what was left open, in order, for each {@code ...} of it. */
    String filled(String text) throws Refused {
      String filled = text;
      for (String code : left) {
        filled = Code.LEFT_OPEN.matcher(filled).replaceFirst(Matcher.quoteReplacement(code));
      }
      if (Code.LEFT_OPEN.matcher(filled).find()) {
        throw new Refused("this has more '...' than what it replaces: " + text);
      }
      return filled;
    }

    Edit replaced(String text) {
      return new Edit(source, start, end, text);
    }

    Edit preceded(String text) {
      return new Edit(source, start, start, text + "\n");
    }

    Edit followed(String text) {
      return new Edit(source, end, end, "\n" + text);
    }
  }

  /** A place is a class, or its methods of one name. Immutable. */
  private record Place(String said, Source source, ClassTree type, List<Tree> within) {

    Place method(String name) throws Refused {
      List<Tree> methods = new ArrayList<>();
      for (Tree member : type.getMembers()) {
        if (member instanceof MethodTree method && method.getName().contentEquals(name)) {
          methods.add(method);
        }
      }
      if (methods.isEmpty()) {
        throw new Refused("there is no method '" + said + "'");
      }
      return new Place(said, source, type, methods);
    }

    Span find(String code) throws Refused {
      Code wanted = Code.parse(code);
      List<Span> found = new ArrayList<>();
      new TreeScanner<Void, Void>() {
        @Override
        public Void scan(Tree tree, Void nothing) {
          List<List<Tree>> left = new ArrayList<>();
          if (tree != null && wanted.matches(tree, left)) {
            found.add(source.span(tree, left));
          }
          return super.scan(tree, nothing);
        }
      }.scan(within, null);
      if (found.size() != 1) {
        throw new Refused(said + " has this " + found.size() + " times, not once: " + code);
      }
      return found.get(0);
    }

    /** As the last member. */
    Edit added(String member) {
      int end = source.end(type) - 1;
      return new Edit(source, end, end, member + "\n");
    }
  }

  /**
   * Code is what is looked for: one statement, member or expression. Immutable.
   *
   * @param text the tree as the compiler writes one: without comments, in one format
   */
  private record Code(Tree tree, Pattern text) {

    /** Stands for any statements. */
    private static final Pattern LEFT_OPEN = Pattern.compile("(?<!\\S)\\.\\.\\.(?!\\S)");

    private static final String MARK = "$any();";

    /** As a statement, as a member, or as an expression: the first that it can be. */
    static Code parse(String code) throws Refused {
      String marked = LEFT_OPEN.matcher(code).replaceAll(Matcher.quoteReplacement(MARK)) + "\n";
      Tree tree =
          only(members("void code() {" + marked + "}"))
              .flatMap(method -> only(((MethodTree) method).getBody().getStatements()))
              .or(() -> only(members(marked)))
              .or(() -> only(members("Object code = " + marked + ";"))
                  .map(field -> ((VariableTree) field).getInitializer()))
              .orElseThrow(() -> new Refused("this is not one statement, member or expression: " + code));
      String[] parts = tree.toString().split(Pattern.quote(MARK), -1);
      String text = Arrays.stream(parts).map(Pattern::quote).collect(Collectors.joining(".*"));
      return new Code(tree, Pattern.compile(text, Pattern.DOTALL));
    }

    private static List<? extends Tree> members(String text) {
      return Source.parse(Path.of("Code.java"), "class Code {" + text + "}")
          .filter(source -> source.unit().getTypeDecls().size() == 1)
          .map(source -> ((ClassTree) source.unit().getTypeDecls().get(0)).getMembers())
          .orElse(List.of());
    }

    private static Optional<Tree> only(List<? extends Tree> trees) {
      return trees.size() == 1 ? Optional.of(trees.get(0)) : Optional.empty();
    }

    /** Whether the tree is this code. Adds what it has where the code is left open. */
    boolean matches(Tree other, List<List<Tree>> left) {
      return other.getKind() == tree.getKind()
          && text.matcher(other.toString()).matches()
          && fit(tree, other, left);
    }

    private static boolean fit(Tree code, Tree other, List<List<Tree>> left) {
      if (!code.toString().contains(MARK)) {
        return code.toString().equals(other.toString());
      }
      List<Tree> ours = children(code);
      List<Tree> theirs = children(other);
      int more = theirs.size() - ours.size();
      int at = 0;
      for (Tree child : ours) {
        boolean open = child.toString().equals(MARK);
        int end = at + 1 + (open ? more : 0);
        if (end < at || end > theirs.size() || (!open && !fit(child, theirs.get(at), left))) {
          return false;
        }
        if (open) {
          left.add(theirs.subList(at, end));
        }
        at = end;
      }
      return true;
    }

    private static List<Tree> children(Tree tree) {
      List<Tree> children = new ArrayList<>();
      tree.accept(
          new TreeScanner<Void, Void>() {
            @Override
            public Void scan(Tree child, Void nothing) {
              if (child != null) {
                children.add(child);
              }
              return null;
            }
          },
          null);
      return children;
    }
  }

  /** A refusal says why a mutant cannot be written. */
  private static final class Refused extends Exception {
    Refused(String why) {
      super(why);
    }
  }
}
