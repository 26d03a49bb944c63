-- Which scripts this database has.

create table if not exists IngestionScript
(
    -- The number that the script's name begins with.
    Version     int         primary key,
    Name        text        not null,
    -- The newest script that a build must have to run on a database with this one. As long as a script only adds, it is 1: silos of the release
    -- before go on, and start again, while the cluster is upgraded or put back.
    OldestBuild int         not null,
    AppliedAt   timestamptz not null default now()
);

-- As it was applied before there was this table.
insert into IngestionScript (Version, Name, OldestBuild, AppliedAt)
select 1, '0001-tables.sql', 1, AppliedAt from IngestionSchema where Version = 1
on conflict (Version) do nothing;

insert into IngestionScript (Version, Name, OldestBuild) values (2, '0002-scripts.sql', 1) on conflict (Version) do nothing;
