package io.causalstreams.topology.internal.request;

import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt.Message;
import io.causalstreams.topology.event.ChatAnswer;
import io.causalstreams.topology.event.OutputEvents.Partial;
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
 * @param engine knows what fits its context
 */
record Conversations(GenerationEngine engine, Sessions sessions) {

    /**
     * The request with the turns before it, as many of the latest as the context holds. Those must all be answered.
     *
     * @throws GenerationException as {@link GenerationEngine#prepare}
     */
    PreparedRequest prepare(Job.Ask<?, ?> ask) {
        PreparedRequest prepared = ask.prepared();
        if (prepared != null) {
            return prepared;
        }
        List<Message> history = history(ask);
        while (!history.isEmpty()) {
            try {
                return engine.prepare(ask.after(history));
            } catch (GenerationException.Invalid e) {
                Sessions.forgetOldest(history);
            }
        }
        return engine.prepare(ask.request());
    }

    private List<Message> history(Job.Ask<?, ?> ask) {
        String session = ask.session();
        List<Message> history = session == null ? List.of() : sessions.history(session);
        if (Sessions.isSystem(history) && Sessions.isSystem(ask.messages())) {
            history.remove(0);
        }
        return history;
    }

    /** Tokens of the prompt, with the turns before it; 0 when it cannot be made into tokens. */
    int promptTokens(Job.Ask<?, ?> ask) {
        try {
            return prepare(ask).promptTokens();
        } catch (GenerationException.Invalid e) {
            return e.promptTokens();
        } catch (RuntimeException e) {
            // the request has ended for a reason of its own; what its prompt holds is only reported along
            return 0;
        }
    }

    /** Keeps a turn with its answer. */
    void answered(Job.Ask<?, ?> ask, Partial answer, long nowMs, Predicate<String> inUse) {
        String session = ask.session();
        if (session != null) {
            List<Message> turn = new ArrayList<>(ask.messages());
            turn.add(ChatAnswer.of(answer.parts()).turn(ask.arrival().id(), 0));
            sessions.append(session, turn, nowMs, inUse);
        }
    }
}
