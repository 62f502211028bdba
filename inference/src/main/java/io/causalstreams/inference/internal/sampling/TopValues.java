package io.causalstreams.inference.internal.sampling;

/** The largest of many values without sorting them all. */
final class TopValues {
    private TopValues() {}

    /**
     * The {@code k}-th largest of {@code values[0..size)}, counting equals, 1 ≤ k ≤ size.
     *
     * <p>Keeps the k largest so far in a heap whose root is their smallest; nearly every value fails the one comparison
     * with the root. Expected cost size + k log k log(size / k).
     */
    static float kthLargest(float[] values, int size, int k) {
        float[] heap = new float[k];
        System.arraycopy(values, 0, heap, 0, k);
        for (int i = k / 2 - 1; i >= 0; i--) {
            siftDown(heap, i);
        }
        for (int i = k; i < size; i++) {
            if (values[i] > heap[0]) {
                heap[0] = values[i];
                siftDown(heap, 0);
            }
        }
        return heap[0];
    }

    /** Indices of the {@code k} largest of {@code values[0..size)}, largest first, the lowest index first among equals. */
    static int[] largest(float[] values, int size, int k) {
        int[] top = new int[k];
        for (int i = 0; i < k; i++) {
            insert(values, top, i, i);
        }
        float smallest = k == 0 ? Float.POSITIVE_INFINITY : values[top[k - 1]];
        for (int i = k; i < size; i++) {
            if (values[i] > smallest) {
                insert(values, top, k - 1, i);
                smallest = values[top[k - 1]];
            }
        }
        return top;
    }

    /** Puts {@code index} where it belongs among {@code top[0..place)}; what is at {@code place} may go. */
    private static void insert(float[] values, int[] top, int place, int index) {
        while (place > 0 && values[top[place - 1]] < values[index]) {
            top[place] = top[place - 1];
            place--;
        }
        top[place] = index;
    }

    private static void siftDown(float[] heap, int index) {
        float value = heap[index];
        int child = 2 * index + 1;
        while (child < heap.length) {
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= value) {
                break;
            }
            heap[index] = heap[child];
            index = child;
            child = 2 * index + 1;
        }
        heap[index] = value;
    }
}
