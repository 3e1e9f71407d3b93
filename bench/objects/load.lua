-- Sends the requests of a file, one address a line, in turn: METHOD and BODY_BYTES from the environment.
local addresses = {}
for line in io.lines(os.getenv("ADDRESSES")) do
  addresses[#addresses + 1] = line
end
local method = os.getenv("METHOD")
local body = method == "PUT" and string.rep("x", tonumber(os.getenv("BODY_BYTES"))) or nil
local next = 0

function request()
  next = next % #addresses + 1
  return wrk.format(method, addresses[next], nil, body)
end
