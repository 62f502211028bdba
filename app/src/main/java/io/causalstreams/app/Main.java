package io.causalstreams.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.causalstreams.app.internal.ErrorLine;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "causal-streams",
        description = "A causal language model as an operator inside a Kafka Streams topology.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            DemoCommand.class,
            GenerateCommand.class,
            EmbedCommand.class,
            RerankCommand.class,
            ServeCommand.class,
            AdaptersCommand.class,
            ProduceCommand.class,
            TailCommand.class,
            BrokerCommand.class,
            ExportCommand.class,
            TuneCommand.class,
            ReplayCommand.class,
            BenchCommand.class,
            ModelsCommand.class
        })
public final class Main implements Runnable {

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show stack traces and what the libraries log.")
    void setVerbose(boolean verbose) {
        this.verbose = verbose;
        if (verbose) {
            logger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
            logger("org.apache.kafka").setLevel(Level.INFO);
            logger("org.apache.kafka.streams").setLevel(Level.INFO);
            logger("org.apache.kafka.clients.Metadata").setLevel(Level.INFO);
            logger("io.causalstreams").setLevel(Level.DEBUG);
        }
    }

    private boolean verbose;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command and returns its exit code; does not end the JVM. */
    static int run(String... arguments) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::usageError)
                .setExecutionExceptionHandler((failure, command, parsed) -> main.failure(failure, command.getErr()));
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError | LinkageError e) { // picocli catches exceptions only
            return main.failure(e, line.getErr());
        }
    }

    /** No command: show what there is. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "which command? 'demo' shows the whole story");
    }

    private static int usageError(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String help = "; try '" + name + " --help'";
        String line = failure instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched, help)
                : ErrorLine.of(failure) + help;
        command.getErr().println(name + ": " + line);
        return CommandLine.ExitCode.USAGE;
    }

    private static String unmatched(UnmatchedArgumentException failure, String help) {
        String first = failure.getUnmatched().get(0);
        String kind = failure.isUnknownOption() ? "option" : command(failure) ? "command" : "argument";
        List<String> alike = failure.getSuggestions();
        String next = alike.isEmpty() ? help : "; did you mean '" + String.join("' or '", alike) + "'?";
        return "unknown " + kind + " '" + first + "'" + next;
    }

    private static boolean command(ParameterException failure) {
        return !failure.getCommandLine().getSubcommands().isEmpty();
    }

    private int failure(Throwable failure, PrintWriter err) {
        boolean expected = failure.getClass().getName().startsWith("io.causalstreams."); // made to be read
        err.println("causal-streams: " + ErrorLine.of(failure) + (verbose || expected ? "" : hint(failure)));
        if (verbose) {
            failure.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String hint(Throwable failure) {
        return failure instanceof RuntimeException || failure instanceof Error ? " (--verbose shows where)" : "";
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"causal-streams " + (version == null ? "(not packaged)" : version)};
        }
    }
}
