package io.causalstreams.http.internal.access;

/**
 * Who may ask, and how much.
 *
 * @param name of the one who has it; requests of one name share the engine fairly with those of others
 * @param digest SHA-256 of the bearer token, in hexadecimal
 * @param maxRequests at once; 0 = as many as the door takes
 * @param tokensPerMinute of prompts and answers; 0 = no limit
 * @param console whether it may see everybody's requests, and send dead letters again
 */
record ApiKey(String name, String digest, int maxRequests, int tokensPerMinute, boolean console) {}
