package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.topology.internal.answer.Job;
import io.causalstreams.topology.internal.journal.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Puts the turns before it in front of a chat, and keeps the turn when it is answered.
 *
 * <p>The turns of a conversation run one after the other, so a turn that is run again after a restart finds the same
 * history in front of it.
 *
 * @param engine tells what fits its context
 */
record Conversations(GenerationEngine engine, Sessions sessions) {

    /** The job after the turns before it, as many of the latest as the context holds. */
    <K, V> Job<K, V> withHistory(Job<K, V> job) {
        String session = job.session();
        if (session == null) {
            return job;
        }
        List<Message> history = sessions.history(session);
        if (Sessions.isSystem(history) && Sessions.isSystem(job.messages())) {
            history.remove(0);
        }
        while (!history.isEmpty()) {
            Job<K, V> whole = job.after(history);
            try {
                engine.prepare(whole.request());
                return whole;
            } catch (GenerationException.Invalid e) {
                Sessions.forgetOldest(history);
            }
        }
        return job;
    }

    /** Tokens of the prompt, with the turns before it; 0 when it cannot be made into tokens. */
    int promptTokens(Job<?, ?> job) {
        try {
            return engine.prepare(withHistory(job).request()).promptTokens();
        } catch (GenerationException.Invalid e) {
            return e.promptTokens();
        } catch (RuntimeException e) {
            // the request has ended for a reason of its own; what its prompt holds is only told along
            return 0;
        }
    }

    /** Keeps the turn of a job with its answer. */
    void answered(Job<?, ?> job, String answer, long nowMs, Predicate<String> inUse) {
        String session = job.session();
        if (session != null) {
            List<Message> turn = new ArrayList<>(job.messages());
            turn.add(new Message("assistant", answer));
            sessions.append(session, turn, nowMs, inUse);
        }
    }

    /** Conversations kept. */
    int count() {
        return sessions.count();
    }
}
