# One image for all: what a container does is the file it is given, e.g. `apps/gateway/dist/main.js`. Standalone without one.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /reprise
COPY . .
RUN npm ci --no-audit --no-fund --ignore-scripts \
  && node node_modules/typescript/bin/tsc -b \
  && node deploy/image/collect.mjs /image

FROM ${NODE_IMAGE}
WORKDIR /reprise
COPY --from=build /image ./
# See docs/reference/settings.md, Memory.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=1048576 REPRISE_DATA_DIR=/data
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
# 8080: HTTP of the gateway and of standalone. 8081: health of each service of a cluster.
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["node", "deploy/image/health.mjs"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=30"]
CMD ["apps/standalone/dist/main.js"]
