package io.causalstreams.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The sentences of ARCHITECTURE.md about who may know whom. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.causalstreams");
    private static final String INFERENCE = "io.causalstreams.inference..";
    private static final String EXPORT = "io.causalstreams.export..";
    private static final String TOPOLOGY = "io.causalstreams.topology..";
    private static final String APP = "io.causalstreams.app..";
    private static final String TESTKIT = "io.causalstreams.testkit..";
    private static final String INTERNAL_TOPOLOGY = "io.causalstreams.topology.internal.";

    @Test
    void inferenceKnowsNoKafkaAndNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(INFERENCE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", EXPORT, TOPOLOGY, APP)
                .check(MAIN);
    }

    @Test
    void exporterKnowsNoEngine() {
        noClasses()
                .that()
                .resideInAPackage(EXPORT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "org.apache.kafka..", "reactor..", INFERENCE, TOPOLOGY, APP)
                .check(MAIN);
    }

    @Test
    void topologyKnowsOnlyThePublicEngine() {
        noClasses()
                .that()
                .resideInAPackage(TOPOLOGY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.causalstreams.inference.internal..", "ai.onnxruntime..", EXPORT, APP)
                .check(MAIN);
    }

    @Test
    void onnxRuntimeIsKnownInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.causalstreams.inference.internal.model..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(MAIN);
    }

    @Test
    void schedulingCacheSamplingAndConstraintsArePlainJava() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.causalstreams.inference.internal.scheduling..",
                        "io.causalstreams.inference.internal.kvcache..",
                        "io.causalstreams.inference.internal.sampling..",
                        "io.causalstreams.inference.internal.constraint..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "reactor..", "ai.djl..", "com.hubspot..")
                .check(MAIN);
    }

    @Test
    void reactorStaysAtTheDoor() {
        noClasses()
                .that()
                .resideInAPackage("io.causalstreams.inference.internal..")
                .and()
                .doNotImplement("io.causalstreams.inference.GenerationEngine")
                .and()
                .areTopLevelClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("reactor..")
                .check(MAIN);
    }

    @Test
    void inferencePackagesHaveNoCycles() {
        slices().matching("io.causalstreams.inference.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(MAIN);
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
                                each.getSource().orElseThrow().getUri().getPath())
                        .contains("/topology-testkit/"));
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
