import { localTransport } from "../../provider/transport/local";
import { isCompliant } from "./compliance";

isCompliant("local", () => localTransport());
