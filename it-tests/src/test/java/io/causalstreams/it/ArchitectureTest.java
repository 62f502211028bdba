package io.causalstreams.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.causalstreams.topology.EngineDiedException;
import io.causalstreams.topology.FormUnavailableException;
import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.RequestStatus;
import io.causalstreams.topology.SteadyTime;
import io.causalstreams.topology.ValueFormat;
import org.junit.jupiter.api.Test;

/** The sentences of ARCHITECTURE.md about who may know whom. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.causalstreams");
    private static final String INFERENCE = "io.causalstreams.inference..";
    private static final String INTERNAL_INFERENCE = "io.causalstreams.inference.internal.";
    private static final String EXPORT = "io.causalstreams.export..";
    private static final String TOPOLOGY = "io.causalstreams.topology..";
    private static final String APP = "io.causalstreams.app..";
    private static final String TUNING = "io.causalstreams.tuning..";
    private static final String LEARNING = "io.causalstreams.learning..";
    private static final String TESTKIT = "io.causalstreams.testkit..";
    private static final String REGISTRY = "io.causalstreams.registry..";
    private static final String HTTP = "io.causalstreams.http..";
    private static final String INTERNAL_HTTP = "io.causalstreams.http.internal.";
    private static final String INTERNAL_TOPOLOGY = "io.causalstreams.topology.internal.";

    @Test
    void inferenceKnowsNoKafkaAndNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(INFERENCE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", EXPORT, TUNING, TOPOLOGY, APP)
                .check(MAIN);
    }

    @Test
    void exporterKnowsNoEngine() {
        noClasses()
                .that()
                .resideInAPackage(EXPORT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ai.onnxruntime..", "org.apache.kafka..", "reactor..", INFERENCE, TUNING, TOPOLOGY, APP)
                .check(MAIN);
    }

    @Test
    void topologyKnowsOnlyThePublicEngine() {
        noClasses()
                .that()
                .resideInAPackage(TOPOLOGY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.causalstreams.inference.internal..", "ai.onnxruntime..", EXPORT, TUNING, APP)
                .check(MAIN);
    }

    @Test
    void httpKnowsTheEventsAndHowTheyAreWrittenAndNoEngine() {
        noClasses()
                .that()
                .resideInAPackage(HTTP)
                .should()
                .dependOnClassesThat(resideInAnyPackage(INFERENCE, EXPORT, TUNING, TOPOLOGY, APP)
                        .and(not(resideInAPackage("io.causalstreams.topology.event")))
                        .and(not(belongToAnyOf(ValueFormat.class, FormUnavailableException.class))))
                .check(MAIN);
        noClasses()
                .that()
                .resideInAnyPackage(INFERENCE, EXPORT, TUNING, TOPOLOGY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HTTP, "reactor.netty..", "io.netty..")
                .check(MAIN);
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.causalstreams.http.internal..")
                .layer("server")
                .definedBy(INTERNAL_HTTP + "server")
                .layer("console")
                .definedBy(INTERNAL_HTTP + "console")
                .layer("api")
                .definedBy(INTERNAL_HTTP + "api")
                .layer("access")
                .definedBy(INTERNAL_HTTP + "access")
                .layer("answer")
                .definedBy(INTERNAL_HTTP + "answer")
                .layer("kafka")
                .definedBy(INTERNAL_HTTP + "kafka")
                .layer("telemetry")
                .definedBy(INTERNAL_HTTP + "telemetry")
                .whereLayer("server")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("console")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("server", "console")
                .whereLayer("access")
                .mayOnlyBeAccessedByLayers("server", "api")
                .whereLayer("answer")
                .mayOnlyBeAccessedByLayers("server", "console", "api", "access")
                .whereLayer("kafka")
                .mayOnlyBeAccessedByLayers("console", "api", "answer")
                .whereLayer("telemetry")
                .mayOnlyBeAccessedByLayers("server", "access")
                .check(MAIN);
    }

    /** Who writes no registered schemas gets neither Avro nor a Protobuf runtime with it. */
    @Test
    void registryKnowsOnlyTheTopologysDoorAndOnlyTheAppKnowsIt() {
        noClasses()
                .that()
                .resideInAPackage(REGISTRY)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(INFERENCE, EXPORT, TUNING, TOPOLOGY, HTTP, APP, "org.apache.kafka..")
                                .and(not(resideInAPackage("io.causalstreams.topology"))))
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackages(REGISTRY, APP)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(REGISTRY, "org.apache.avro..")
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackages("io.causalstreams.registry.internal.avro..", "io.causalstreams.registry")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.avro..")
                .check(MAIN);
    }

    @Test
    void tuningKnowsDecodersAndTheRuntimeButNoEngine() {
        noClasses()
                .that()
                .resideInAPackage(TUNING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "reactor..",
                        INTERNAL_INFERENCE + "engine..",
                        INTERNAL_INFERENCE + "scheduling..",
                        INTERNAL_INFERENCE + "kvcache..",
                        INTERNAL_INFERENCE + "sampling..",
                        INTERNAL_INFERENCE + "constraint..",
                        TOPOLOGY,
                        APP)
                .check(MAIN);
        slices().matching("io.causalstreams.tuning.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    @Test
    void learningKnowsTopologyAndTuningAndNobodyButTheAppKnowsIt() {
        noClasses()
                .that()
                .resideInAPackage(LEARNING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.causalstreams.inference.internal..", INTERNAL_TOPOLOGY + ".", HTTP, APP)
                .check(MAIN);
        noClasses()
                .that()
                .resideInAnyPackage(INFERENCE, EXPORT, TUNING, TOPOLOGY, HTTP)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(LEARNING)
                .check(MAIN);
    }

    @Test
    void onnxRuntimeIsKnownBehindTheModelSeamOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(INTERNAL_INFERENCE + "onnx..", "io.causalstreams.tuning.internal.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage(INTERNAL_INFERENCE + "engine..")
                .and()
                .doNotHaveSimpleName("EngineFactory")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL_INFERENCE + "onnx..")
                .check(MAIN);
    }

    @Test
    void seamSchedulingCacheSamplingAndConstraintsArePlainJava() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        INTERNAL_INFERENCE + "model..",
                        INTERNAL_INFERENCE + "scheduling..",
                        INTERNAL_INFERENCE + "kvcache..",
                        INTERNAL_INFERENCE + "sampling..",
                        INTERNAL_INFERENCE + "constraint..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "reactor..", "ai.djl..", "com.hubspot..", "com.sun.jna..")
                .check(MAIN);
    }

    @Test
    void reactorStaysAtTheDoor() {
        noClasses()
                .that()
                .resideInAPackage(INTERNAL_INFERENCE + ".")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("reactor..")
                .check(MAIN);
    }

    @Test
    void inferencePackagesKnowOnlyThoseBelowThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(INTERNAL_INFERENCE + ".")
                .layer("engine")
                .definedBy(INTERNAL_INFERENCE + "engine..")
                .layer("onnx")
                .definedBy(INTERNAL_INFERENCE + "onnx..")
                .layer("scheduling")
                .definedBy(INTERNAL_INFERENCE + "scheduling..")
                .layer("kvcache")
                .definedBy(INTERNAL_INFERENCE + "kvcache..")
                .layer("sampling")
                .definedBy(INTERNAL_INFERENCE + "sampling..")
                .layer("constraint")
                .definedBy(INTERNAL_INFERENCE + "constraint..")
                .layer("text")
                .definedBy(INTERNAL_INFERENCE + "text..")
                .layer("model")
                .definedBy(INTERNAL_INFERENCE + "model..")
                .layer("answer")
                .definedBy(INTERNAL_INFERENCE + "answer..")
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("onnx")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("scheduling")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("kvcache")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("sampling")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("constraint")
                .mayOnlyBeAccessedByLayers("engine", "sampling")
                .whereLayer("text")
                .mayOnlyBeAccessedByLayers("engine", "sampling", "constraint")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("engine", "onnx", "sampling")
                .whereLayer("answer")
                .mayOnlyBeAccessedByLayers("engine", "constraint", "text")
                .ensureAllClassesAreContainedInArchitecture()
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.causalstreams.inference.internal"));
    }

    @Test
    void inferencePackagesHaveNoCycles() {
        slices().matching(INTERNAL_INFERENCE + "(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void topologyPackagesKnowOnlyThoseBelowThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.causalstreams.topology.internal..")
                .layer("operator")
                .definedBy(INTERNAL_TOPOLOGY + "operator")
                .layer("request")
                .definedBy(INTERNAL_TOPOLOGY + "request")
                .layer("telemetry")
                .definedBy(INTERNAL_TOPOLOGY + "telemetry")
                .layer("answer")
                .definedBy(INTERNAL_TOPOLOGY + "answer")
                .layer("input")
                .definedBy(INTERNAL_TOPOLOGY + "input")
                .layer("journal")
                .definedBy(INTERNAL_TOPOLOGY + "journal")
                .whereLayer("operator")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("request")
                .mayOnlyBeAccessedByLayers("operator")
                .whereLayer("telemetry")
                .mayOnlyBeAccessedByLayers("operator", "request")
                .whereLayer("answer")
                .mayOnlyBeAccessedByLayers("operator", "request", "telemetry")
                .whereLayer("input")
                .mayOnlyBeAccessedByLayers("operator", "request")
                .whereLayer("journal")
                .mayOnlyBeAccessedByLayers("operator", "request", "telemetry", "answer", "input")
                .ensureAllClassesAreContainedInArchitecture()
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.causalstreams.topology.internal"));
    }

    /** The door knows the internals; they know of it the facts they hand out, which know nothing else of the module. */
    @Test
    void topologyInternalsKnowOfTheDoorOnlyItsFacts() {
        DescribedPredicate<JavaClass> named = belongToAnyOf(
                EngineDiedException.class,
                FormUnavailableException.class,
                OutputEvent.class,
                RequestStatus.class,
                SteadyTime.class,
                ValueFormat.class);
        DescribedPredicate<JavaClass> facts =
                DescribedPredicate.describe("facts", each -> named.test(each.getBaseComponentType()));
        noClasses()
                .that()
                .resideInAPackage("io.causalstreams.topology.internal..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.causalstreams.topology").and(not(facts)))
                .check(MAIN);
        noClasses()
                .that(facts)
                .or()
                .resideInAPackage("io.causalstreams.topology.event..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.causalstreams.topology.internal..")
                        .or(resideInAPackage("io.causalstreams.topology").and(not(facts))))
                .check(MAIN);
    }

    @Test
    void testkitKnowsTheEngineOnlyAndIsInAnArtifactOfItsOwn() {
        noClasses()
                .that()
                .resideInAPackage(TESTKIT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", EXPORT, TOPOLOGY, APP)
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackage(TESTKIT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(TESTKIT)
                .check(MAIN);
        assertThat(MAIN)
                .filteredOn(each -> each.getPackageName().startsWith("io.causalstreams.testkit"))
                .isNotEmpty()
                .allSatisfy(each -> assertThat(
                                each.getSource().orElseThrow().getUri().toString())
                        .contains("/topology-testkit/"));
    }

    @Test
    void constraintRoomsKnowOnlyThoseBelow() {
        String constraint = "io.causalstreams.inference.internal.constraint";
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(constraint + "..")
                .layer("compiler")
                .definedBy(constraint)
                .layer("grammar")
                .definedBy(constraint + ".grammar..")
                .layer("schema")
                .definedBy(constraint + ".schema..")
                .layer("mask")
                .definedBy(constraint + ".mask..")
                .layer("pattern")
                .definedBy(constraint + ".pattern..")
                .layer("expression")
                .definedBy(constraint + ".expression..")
                .whereLayer("compiler")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("grammar")
                .mayOnlyBeAccessedByLayers("compiler")
                .whereLayer("schema")
                .mayOnlyBeAccessedByLayers("compiler", "grammar")
                .whereLayer("mask")
                .mayOnlyBeAccessedByLayers("compiler", "grammar")
                .whereLayer("pattern")
                .mayOnlyBeAccessedByLayers("compiler", "grammar", "schema")
                .check(MAIN);
    }

    @Test
    void exceptionsAreNamedAsExceptionsOrReactions() {
        classes()
                .that()
                .areAssignableTo(RuntimeException.class)
                .and()
                .resideOutsideOfPackage("io.causalstreams.inference")
                .should()
                .haveSimpleNameEndingWith("Exception")
                .check(MAIN);
    }

    @Test
    void exporterPackagesPointOneWay() {
        // Every package is a slice of its own, so that a format cannot be known by what it builds on.
        slices().matching("io.causalstreams.export.(**)")
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }
}
