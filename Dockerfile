# Runs what the launcher has built on the host: './causal-streams --version' first, then 'docker compose build'.
FROM eclipse-temurin:17-jre

RUN mkdir -p /cache/causal-streams/downloads && chown -R 10001:10001 /cache
WORKDIR /app
# lib-linux: the largest jars without the native libraries of other systems; .dockerignore leaves their originals out.
COPY app/target/lib/ app/target/lib-linux/ lib/
COPY app/target/causal-streams.jar .

# Only /cache (downloads and exports) and /tmp (native libraries) are written to.
ENV XDG_CACHE_HOME=/cache HOME=/tmp LANG=C.UTF-8 JAVA_OPTS=""
VOLUME /cache
USER 10001:10001

# The heap gets a quarter of the container, the KV cache and the model's weights the rest.
ENTRYPOINT ["bash", "-c", "exec java -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions -XX:TrimNativeHeapInterval=2000 -XX:MaxRAMPercentage=25 -XX:MaxDirectMemorySize=64g -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8 $JAVA_OPTS -jar causal-streams.jar \"$@\"", "causal-streams"]
CMD ["--help"]
