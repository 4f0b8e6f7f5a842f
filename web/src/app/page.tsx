import { Home } from "@/features/accounts/home";

export default function Page() {
  return <Home />;
}
