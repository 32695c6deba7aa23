# syntax=docker/dockerfile:1
# Two stages: the SDK builds on the builder's own architecture for the target's, and the result runs on a base
# without shell or package manager, as a user that isn't root, with a read-only root file system if you like:
# everything AuraLogs writes is under /data.

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/AuraLogs/AuraLogs.csproj src/AuraLogs/
COPY src/AuraLogs.LocalElasticsearch/AuraLogs.LocalElasticsearch.csproj src/AuraLogs.LocalElasticsearch/
RUN dotnet restore src/AuraLogs --arch "$TARGETARCH"
COPY src src
RUN dotnet publish src/AuraLogs --configuration Release --arch "$TARGETARCH" --no-self-contained --no-restore --output /app \
    && mkdir /data

# The one library that is neither in .NET nor in the chiseled base: senders may compress with zstd.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble AS libraries

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
LABEL org.opencontainers.image.title="AuraLogs" \
      org.opencontainers.image.description="Log aggregator: forward protocol in, synced disk queue, Elasticsearch out, exactly once in the index"
COPY --from=build /app /app
COPY --from=libraries /usr/lib/*-linux-gnu/libzstd.so.1* /app/
# 1654 is the user "app" of .NET's images: a number, so that Kubernetes can check runAsNonRoot.
COPY --from=build --chown=1654:1654 /data /data
ENV AuraLogs__Queue__Path=/data/queue \
    AuraLogs__LocalElasticsearch__Path=/data/elasticsearch \
    DOTNET_EnableDiagnostics=0
WORKDIR /
USER 1654:1654
VOLUME /data
EXPOSE 24224 8080 9200
ENTRYPOINT ["/app/auralogs"]
