export * from './nats-server.ts';
export { eventually } from './house/eventually.ts';
export { FhirClient, type Answer, type Json, type RequestOptions } from './house/fhir-client.ts';
export { House, type HouseOptions } from './house/house.ts';
export { houseTopologies, type HouseTopology } from './house/house-topology.ts';
export { openHouseDatabase, type HouseDatabase } from './house/house-database.ts';
export { houseParts, openHouse } from './house/open-house.ts';
export { SeptumProcess } from './house/septum-process.ts';
export { describeWithData } from './test-data.ts';
