import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.UserFunction;

/** A plugin that reads files, as an administrator may have installed one: no stranger's query may reach it. */
public class Outside {
    public record Line(String line) {}

    @UserFunction("outside.read")
    public String read(@Name("path") String path) throws IOException {
        return Files.readString(Path.of(path));
    }

    @Procedure(name = "outside.lines", mode = Mode.READ)
    public Stream<Line> lines(@Name("path") String path) throws IOException {
        return Files.lines(Path.of(path)).map(Line::new);
    }
}
