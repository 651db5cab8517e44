"""The part of GitHub's GraphQL schema that is about a user's repositories."""

from functools import cache

from graphql import GraphQLSchema, build_schema

SDL = """
scalar DateTime
scalar GitObjectID
scalar URI

enum OrderDirection { ASC DESC }
enum RepositoryAffiliation { OWNER COLLABORATOR ORGANIZATION_MEMBER }
enum RepositoryPrivacy { PUBLIC PRIVATE }
enum RepositoryVisibility { PUBLIC PRIVATE INTERNAL }
enum RepositoryOrderField { CREATED_AT UPDATED_AT PUSHED_AT NAME STARGAZERS }
enum LanguageOrderField { SIZE }

input RepositoryOrder { field: RepositoryOrderField! direction: OrderDirection! }
input LanguageOrder { field: LanguageOrderField! direction: OrderDirection! }
input CommitAuthor { emails: [String!] id: ID }

interface Node { id: ID! }

interface RepositoryOwner {
  id: ID!
  login: String!
  avatarUrl(size: Int): URI!
  url: URI!
}

interface GitObject {
  id: ID!
  oid: GitObjectID!
  abbreviatedOid: String!
  commitUrl: URI!
}

type Query {
  viewer: User!
  rateLimit(dryRun: Boolean = false): RateLimit
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
}

type RateLimit {
  cost: Int!
  limit: Int!
  nodeCount: Int!
  remaining: Int!
  resetAt: DateTime!
  used: Int!
}

type User implements Node & RepositoryOwner {
  id: ID!
  databaseId: Int
  login: String!
  name: String
  email: String!
  avatarUrl(size: Int): URI!
  url: URI!
  isViewer: Boolean!
  createdAt: DateTime!
  repositories(
    first: Int, after: String, last: Int, before: String
    affiliations: [RepositoryAffiliation]
    ownerAffiliations: [RepositoryAffiliation] = [OWNER, COLLABORATOR]
    isFork: Boolean, isArchived: Boolean, isLocked: Boolean
    privacy: RepositoryPrivacy, visibility: RepositoryVisibility
    orderBy: RepositoryOrder
  ): RepositoryConnection!
}

type RepositoryConnection {
  totalCount: Int!
  totalDiskUsage: Int!
  pageInfo: PageInfo!
  nodes: [Repository]
  edges: [RepositoryEdge]
}

type RepositoryEdge { cursor: String! node: Repository }

type PageInfo {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
}

type Repository implements Node {
  id: ID!
  databaseId: Int
  name: String!
  nameWithOwner: String!
  owner: RepositoryOwner!
  description: String
  url: URI!
  sshUrl: String!
  isPrivate: Boolean!
  isFork: Boolean!
  isArchived: Boolean!
  isEmpty: Boolean!
  isDisabled: Boolean!
  isLocked: Boolean!
  isMirror: Boolean!
  isTemplate: Boolean!
  visibility: RepositoryVisibility!
  diskUsage: Int
  createdAt: DateTime!
  updatedAt: DateTime!
  pushedAt: DateTime
  archivedAt: DateTime
  stargazerCount: Int!
  forkCount: Int!
  primaryLanguage: Language
  languages(
    first: Int, after: String, last: Int, before: String, orderBy: LanguageOrder
  ): LanguageConnection
  defaultBranchRef: Ref
  ref(qualifiedName: String!): Ref
}

type Language implements Node { id: ID! name: String! color: String }

type LanguageConnection {
  totalCount: Int!
  totalSize: Int!
  pageInfo: PageInfo!
  nodes: [Language]
  edges: [LanguageEdge]
}

type LanguageEdge { cursor: String! node: Language! size: Int! }

type Ref implements Node { id: ID! name: String! prefix: String! target: GitObject }

type Commit implements Node & GitObject {
  id: ID!
  oid: GitObjectID!
  abbreviatedOid: String!
  commitUrl: URI!
  url: URI!
  message: String!
  messageHeadline: String!
  authoredDate: DateTime!
  committedDate: DateTime!
  additions: Int!
  deletions: Int!
  author: GitActor
  committer: GitActor
  parents(first: Int, after: String, last: Int, before: String): CommitConnection!
  history(
    first: Int, after: String, last: Int, before: String
    author: CommitAuthor, since: DateTime, until: DateTime
  ): CommitHistoryConnection!
}

type GitActor { name: String email: String date: DateTime user: User }

type CommitConnection {
  totalCount: Int!
  pageInfo: PageInfo!
  nodes: [Commit]
  edges: [CommitEdge]
}

type CommitHistoryConnection {
  totalCount: Int!
  pageInfo: PageInfo!
  nodes: [Commit]
  edges: [CommitEdge]
}

type CommitEdge { cursor: String! node: Commit }
"""
CONNECTIONS = ("repositories", "languages", "history", "parents")


@cache
def schema() -> GraphQLSchema:
    return build_schema(SDL)
