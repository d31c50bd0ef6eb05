# syntax=docker/dockerfile:1
# Contains the bundle, the SQLite addon and Node.js. Runs as an unprivileged user on a read-only file system.

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY compat compat
COPY packages packages
RUN npm ci
COPY . .
# Native addons are not bundled. Copy the prebuilt ones for this platform.
RUN node scripts/build.mjs \
  && mkdir -p /app/node_modules/better-sqlite3/prebuilds \
  && cp -r dist /app/dist && rm -f /app/dist/*.map /app/dist/build.json /app/dist/console/build.json \
  && cp -r node_modules/better-sqlite3/package.json node_modules/better-sqlite3/lib /app/node_modules/better-sqlite3/ \
  && cp node_modules/better-sqlite3/prebuilds/linux-$(node -p process.arch).node /app/node_modules/better-sqlite3/prebuilds/ \
  && cp -r node_modules/@node-rs /app/node_modules/ \
  && cp LICENSE /app/ && echo '{"type":"module"}' > /app/package.json \
  && mkdir /data

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 VERIFY_PORT=4001 DATABASE_URL=sqlite:/data/keywright.db
COPY --from=build /app /app
# Used only with SQLite. With PostgreSQL, only rate limit counters are written, to /tmp.
COPY --from=build --chown=node:node /data /data
VOLUME /data
USER node
WORKDIR /app
# 4001: verification of API keys, for gateways.
EXPOSE 4000 4001
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/keywright.js"]
CMD ["serve"]
