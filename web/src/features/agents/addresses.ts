import { addressesOf } from "@/lib/made/addresses";

export const AGENTS = addressesOf("/agents", "agent");
