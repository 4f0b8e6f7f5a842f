import { addressesOf } from "@/lib/made/addresses";

export const WORKFLOWS = addressesOf("/workflows", "workflow");
