package io.causalstreams.inference.internal.onnx.contract;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.causalstreams.inference.internal.model.AdapterWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The inputs by which a graph takes adapters: which slot uses which, and the stacks of their A and B.
 *
 * <p>An adapter has a place in the stacks while a slot uses it, and until another needs the place. A decode step gives the graph all
 * places up to the last that its rows use, a pass over one slot only that slot's.
 *
 * <p>Threading: made on any thread, then engine thread only; {@link #products()} any.
 */
final class AdapterInputs implements AutoCloseable {
    /** The input that shows that a graph takes adapters. */
    static final String ROWS = "adapter_rows";

    private static final String SHARE = "adapter_share";
    private static final String PLACES = "adapter_places";
    private static final String PREFIX = "adapters/";
    private static final String A = ".a";

    private final OrtEnvironment environment;
    private final Map<String, AdaptedProduct> products;
    private final @Nullable AdapterWeights[] users;
    private final Map<String, AdapterStack> stacks = new LinkedHashMap<>();
    private final List<AdapterWeights> places = new ArrayList<>();
    private final OnnxTensor yes;
    private final OnnxTensor no;
    private final Map<String, OnnxTensor> none = new HashMap<>();
    private @Nullable Pass pass;

    /** What the passes over the same rows with the same adapters are given. */
    private record Pass(int firstSlot, int rows, int tokens, List<OnnxTensor> own, Map<String, OnnxTensor> inputs) {
        boolean is(int firstSlot, int rows, int tokens) {
            return this.firstSlot == firstSlot && this.rows == rows && this.tokens == tokens;
        }
    }

    private AdapterInputs(OrtEnvironment environment, Map<String, AdaptedProduct> products, int slots)
            throws OrtException {
        this.environment = environment;
        this.products = Map.copyOf(products);
        this.users = new AdapterWeights[slots];
        this.yes = OnnxTensor.createTensor(environment, true);
        this.no = OnnxTensor.createTensor(environment, false);
        none.put(ROWS, tensor(new long[2], 1, 1, 2));
        none.put(SHARE, tensor(new float[1], 1, 1, 1));
        none.put(PLACES, tensor(new long[2], 1, 1, 2));
        for (var product : products.entrySet()) {
            AdapterStack stack = new AdapterStack(environment, product.getValue());
            stacks.put(product.getKey(), stack);
            bind(none, product.getKey(), no, stack.empty());
        }
    }

    /** Those of a graph, or null where it takes no adapters. */
    static @Nullable AdapterInputs of(OrtEnvironment environment, OrtSession session, int slots) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        if (!inputs.containsKey(ROWS)) {
            return null;
        }
        Map<String, AdaptedProduct> products = new HashMap<>();
        inputs.forEach((name, info) -> {
            if (name.startsWith(PREFIX) && name.endsWith(A)) {
                String address = name.substring(PREFIX.length(), name.length() - A.length());
                products.put(address, new AdaptedProduct(size(info, 1), size(inputs.get(PREFIX + address + ".b"), 2)));
            }
        });
        return new AdapterInputs(environment, products, slots);
    }

    private static int size(@Nullable NodeInfo input, int dimension) {
        return input != null && input.getInfo() instanceof TensorInfo tensor
                ? Math.toIntExact(tensor.getShape()[dimension])
                : 0;
    }

    /** The products that take adapters, by address. */
    Map<String, AdaptedProduct> products() {
        return products;
    }

    /** From now on {@code slot} is computed with {@code adapter}, or without. */
    void use(int slot, @Nullable AdapterWeights adapter) {
        if (users[slot] != adapter) {
            users[slot] = adapter;
            forgetPass();
        }
    }

    /** For a decode step of the first {@code rows} slots. */
    Map<String, OnnxTensor> ofRows(int rows) throws OrtException {
        Pass known = pass;
        return known != null && known.is(0, rows, 1) ? known.inputs() : remember(0, rows, 1);
    }

    /** For a pass over {@code tokens} positions of one slot. */
    Map<String, OnnxTensor> ofChunk(int slot, int tokens) throws OrtException {
        Pass known = pass;
        return known != null && known.is(slot, 1, tokens) ? known.inputs() : remember(slot, 1, tokens);
    }

    private Map<String, OnnxTensor> remember(int firstSlot, int rows, int tokens) throws OrtException {
        forgetPass();
        int[] placeOf = new int[rows];
        Set<AdapterWeights> used = new HashSet<>();
        for (int row = 0; row < rows; row++) {
            @Nullable AdapterWeights adapter = users[firstSlot + row];
            placeOf[row] = adapter == null ? -1 : place(adapter);
            if (adapter != null) {
                used.add(adapter);
            }
        }
        if (used.isEmpty()) {
            return none;
        }
        AdapterGroups groups = rows == 1 ? AdapterGroups.ofChunk(tokens) : AdapterGroups.ofRows(placeOf);
        int firstPlace = rows == 1 ? placeOf[0] : 0;
        List<OnnxTensor> own = List.of(
                tensor(groups.rows(), groups.adapters(), groups.size(), 2),
                tensor(groups.share(), groups.adapters(), groups.size(), 1),
                tensor(groups.places(), rows, tokens, 2));
        Map<String, OnnxTensor> inputs = new HashMap<>(none);
        inputs.put(ROWS, own.get(0));
        inputs.put(SHARE, own.get(1));
        inputs.put(PLACES, own.get(2));
        for (var entry : stacks.entrySet()) {
            String address = entry.getKey();
            if (used.stream().anyMatch(adapter -> adapter.at(address) != null)) {
                bind(inputs, address, yes, entry.getValue().slice(firstPlace, groups.adapters()));
            }
        }
        pass = new Pass(firstSlot, rows, tokens, own, inputs);
        return inputs;
    }

    /** The adapter's place in the stacks; takes one that no slot uses, or a new one, where it has none. */
    private int place(AdapterWeights adapter) throws OrtException {
        int known = places.indexOf(adapter);
        if (known >= 0) {
            return known;
        }
        List<@Nullable AdapterWeights> inUse = Arrays.asList(users);
        int place = 0;
        while (place < places.size() && inUse.contains(places.get(place))) {
            place++;
        }
        if (place == places.size()) {
            places.add(adapter);
        } else {
            places.set(place, adapter);
        }
        for (var entry : stacks.entrySet()) {
            List<AdapterWeights.@Nullable Pair> pairs = new ArrayList<>();
            places.forEach(each -> pairs.add(each.at(entry.getKey())));
            entry.getValue().put(place, pairs);
        }
        return place;
    }

    private void forgetPass() {
        Pass known = pass;
        if (known != null) {
            known.own().forEach(OnnxTensor::close);
            pass = null;
        }
    }

    private static void bind(
            Map<String, OnnxTensor> inputs, String address, OnnxTensor active, AdapterStack.Slice slice) {
        inputs.put(PREFIX + address + ".active", active);
        inputs.put(PREFIX + address + A, slice.a());
        inputs.put(PREFIX + address + ".b", slice.b());
    }

    private OnnxTensor tensor(long[] elements, long... shape) throws OrtException {
        LongBuffer buffer = ByteBuffer.allocateDirect(elements.length * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
        return OnnxTensor.createTensor(environment, buffer.put(0, elements), shape);
    }

    private OnnxTensor tensor(float[] elements, long... shape) throws OrtException {
        FloatBuffer buffer = ByteBuffer.allocateDirect(elements.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        return OnnxTensor.createTensor(environment, buffer.put(0, elements), shape);
    }

    @Override
    public void close() {
        forgetPass();
        List.of(ROWS, SHARE, PLACES).forEach(name -> {
            OnnxTensor tensor = none.get(name);
            if (tensor != null) {
                tensor.close();
            }
        });
        stacks.values().forEach(AdapterStack::close);
        yes.close();
        no.close();
    }
}
