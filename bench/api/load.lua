-- Sends the whole requests of a file in turn, each behind its length in ten digits; says so when it has to begin again.
local requests = {}
local file = io.open(os.getenv("REQUESTS"), "rb")
while true do
  local length = file:read(10)
  if not length then break end
  requests[#requests + 1] = file:read(tonumber(length))
end
local next = 0

function request()
  next = next + 1
  return requests[(next - 1) % #requests + 1]
end
