# Built in two stages: the compiler stays behind. The image runs as an ordinary user and writes only to /data.
FROM node:24-bookworm-slim AS build
WORKDIR /septum
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production SEPTUM_HTTP_HOST=0.0.0.0 SEPTUM_DATA_DIR=/data
WORKDIR /septum
COPY --from=build /septum/package.json ./
COPY --from=build /septum/node_modules node_modules
COPY --from=build /septum/dist dist
COPY --from=build /septum/libs/platform/fhir/definitions libs/platform/fhir/definitions
COPY --from=build /septum/libs/platform/v2-to-fhir/definitions libs/platform/v2-to-fhir/definitions
COPY --from=build /septum/apps/console/dist apps/console/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
# Node lets the space for young objects grow to 128 MB, whatever is alive: see docs/operating.md, Memory.
ENTRYPOINT ["node", "--min-semi-space-size=16", "--max-semi-space-size=16", "dist/apps/septum/src/main.js"]
CMD ["serve"]
