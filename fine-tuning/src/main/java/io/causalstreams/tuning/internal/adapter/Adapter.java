package io.causalstreams.tuning.internal.adapter;

import io.causalstreams.export.internal.adapter.LoraConfig;
import io.causalstreams.export.internal.adapter.PeftAdapter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/** The parameters of an adapter: A and B of every adapted module. One thread. */
public final class Adapter implements AutoCloseable {
    private final LoraConfig config;
    private final Map<AdaptedModule, Parameter> a = new LinkedHashMap<>();
    private final Map<AdaptedModule, Parameter> b = new LinkedHashMap<>();

    /** All zeros. */
    public Adapter(LoraConfig config, Collection<AdaptedModule> modules) {
        this.config = config;
        for (AdaptedModule module : modules) {
            String name = PeftAdapter.PREFIX + module.name();
            a.put(module, new Parameter(name + PeftAdapter.A, config.rank(), module.inputs()));
            b.put(module, new Parameter(name + PeftAdapter.B, module.outputs(), config.rank()));
        }
    }

    public LoraConfig config() {
        return config;
    }

    public Set<AdaptedModule> modules() {
        return a.keySet();
    }

    /** A and B of all modules, in order. */
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        a.forEach((module, parameter) -> {
            all.add(parameter);
            all.add(b(module));
        });
        return all;
    }

    public Parameter a(AdaptedModule module) {
        return Objects.requireNonNull(a.get(module), module.name());
    }

    public Parameter b(AdaptedModule module) {
        return Objects.requireNonNull(b.get(module), module.name());
    }

    /**
     * As peft begins: A uniform in ±1/√inputs, which is what Kaiming's rule gives there, B zero, so that the adapted model is
     * the base.
     */
    public void initialise(long seed) {
        for (Parameter parameter : a.values()) {
            SplittableRandom random =
                    new SplittableRandom(seed ^ ((long) parameter.name().hashCode() << 32));
            double bound = 1 / Math.sqrt(parameter.columns());
            for (int i = 0; i < parameter.size(); i++) {
                parameter.values().put(i, (float) ((2 * random.nextDouble() - 1) * bound));
            }
        }
    }

    @Override
    public void close() {
        parameters().forEach(Parameter::close);
    }
}
