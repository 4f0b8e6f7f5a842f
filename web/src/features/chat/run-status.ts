import type { RunStatus } from "@/gql/graphql";

const OVER: readonly RunStatus[] = ["COMPLETED", "FAILED", "CANCELLED", "EXPIRED"];

export const isOver = (status: RunStatus): boolean => OVER.includes(status);
