import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A mutant compiler turns mutated sources into the classes that differ from the compiled ones. Confined to its thread.
 *
 * <p>One process compiles all mutants: most of the time of a javac is its start. A mutant that changes bodies of
 * methods only is compiled file by file, since nothing outside a body can tell; any other (a constant, a signature, a
 * field) is compiled with all that could refer to it: the whole module with its tests, and the modules behind it.
 *
 * <p>{@code java MutantCompiler.java ROOT MUTANTS OVERLAYS MODULE...}: the modules in the order of their dependencies;
 * MUTANTS has one folder per mutant with the changed files at their places; OVERLAYS gets one folder of classes for
 * each, and beside it a {@code .log} when it does not compile.
 */
final class MutantCompiler {

  private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
  private final Path root;
  private final List<String> modules;

  private MutantCompiler(Path root, List<String> modules) {
    this.root = root;
    this.modules = modules;
  }

  public static void main(String[] args) throws IOException {
    MutantCompiler compiler = new MutantCompiler(Path.of(args[0]), List.of(args).subList(3, args.length));
    Path overlays = Path.of(args[2]);
    for (Path mutant : list(Path.of(args[1]))) {
      Path overlay = Files.createDirectories(overlays.resolve(mutant.getFileName()));
      String errors = compiler.compile(mutant, overlay);
      if (!errors.isEmpty()) {
        Files.writeString(overlays.resolve(mutant.getFileName() + ".log"), errors);
      }
    }
  }

  /** Empty, or what is wrong with the mutant. */
  private String compile(Path mutant, Path overlay) throws IOException {
    List<Path> changed = sources(mutant);
    for (int i = 0; i < modules.size(); i++) {
      Path module = Path.of(modules.get(i));
      Path main = mutant.resolve(module).resolve("src/main/java");
      List<Path> own = changed.stream().filter(file -> file.startsWith(main)).toList();
      if (own.size() == changed.size() && !own.isEmpty()) {
        return onlyBodiesChanged(mutant, own)
            ? javac(own, classpath(module), overlay)
            : compileAll(mutant, modules.subList(i, modules.size()), overlay);
      }
    }
    return "a mutant changes main sources of one module\n";
  }

  private String compileAll(Path mutant, List<String> behind, Path overlay) throws IOException {
    for (String name : behind) {
      Path module = Path.of(name);
      for (String folder : List.of("src/main/java", "src/test/java")) {
        Path relative = module.resolve(folder);
        Set<Path> files = new LinkedHashSet<>();
        for (Path source : sources(root.resolve(relative))) {
          Path mutated = mutant.resolve(root.relativize(source));
          files.add(Files.exists(mutated) ? mutated : source);
        }
        files.addAll(sources(mutant.resolve(relative)));
        // The overlay first: behind it stand the classes that do not know of the change.
        String errors = javac(List.copyOf(files), overlay + ":" + classpath(module), overlay);
        if (!errors.isEmpty()) {
          return errors;
        }
      }
    }
    return "";
  }

  private String javac(List<Path> files, String classpath, Path overlay) throws IOException {
    if (files.isEmpty()) {
      return "";
    }
    StringWriter errors = new StringWriter();
    List<String> options =
        List.of("-nowarn", "-proc:none", "--release", "17", "-d", overlay.toString(), "-cp", classpath);
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      boolean compiled =
          javac
              .getTask(new PrintWriter(errors), manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
              .call();
      return compiled ? "" : errors + "\n";
    }
  }

  private String classpath(Path module) throws IOException {
    Path target = root.resolve(module).resolve("target");
    return target.resolve("test-classes")
        + ":" + target.resolve("classes")
        + ":" + Files.readString(target.resolve("test-classpath")).strip();
  }

  private boolean onlyBodiesChanged(Path mutant, List<Path> files) throws IOException {
    for (Path file : files) {
      Path original = root.resolve(mutant.relativize(file));
      if (!Files.exists(original) || !withoutBodies(original).equals(withoutBodies(file))) {
        return false;
      }
    }
    return true;
  }

  /** The text of a source file without the bodies of its methods, and so with all that other files can see of it. */
  private String withoutBodies(Path file) throws IOException {
    StringBuilder text = new StringBuilder(Files.readString(file));
    List<long[]> bodies = new ArrayList<>();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask) javac.getTask(null, manager, null, null, null, manager.getJavaFileObjects(file));
      CompilationUnitTree unit = task.parse().iterator().next();
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
          return scan(method.getBody(), nothing);
        }

        @Override
        public Void visitBlock(BlockTree block, Void nothing) {
          bodies.add(new long[] {positions.getStartPosition(unit, block), positions.getEndPosition(unit, block)});
          return null;
        }
      }.scan(unit, null);
    }
    bodies.sort(Comparator.comparingLong((long[] body) -> body[0]).reversed());
    bodies.forEach(body -> text.delete((int) body[0], (int) body[1]));
    return text.toString();
  }

  private static List<Path> sources(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
