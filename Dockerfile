FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w" -o /ticketlink ./cmd/ticketlink

# No shell, no package manager: one static binary, run by an account without
# rights. PostgreSQL and Redis come from outside: set database_url, redis_url.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /ticketlink /ticketlink
ENV TICKETLINK_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/ticketlink", "health"]
ENTRYPOINT ["/ticketlink"]
CMD ["serve"]
