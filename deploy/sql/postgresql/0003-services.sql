-- Which cluster has the state of a service. A silo of another cluster does not start while one of its silos is alive.

create table if not exists IngestionService
(
    ServiceId text collate "C" primary key,
    ClusterId text collate "C" not null,
    -- When a silo of it last started. Whether one is alive stands in OrleansMembershipTable.
    StartedAt timestamptz      not null default now()
);

insert into IngestionScript (Version, Name, OldestBuild) values (3, '0003-services.sql', 1) on conflict (Version) do nothing;
